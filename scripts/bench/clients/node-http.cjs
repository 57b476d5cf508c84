// One GET with nothing but Node, unsigned: node node-http.cjs URL
const url = process.argv[2];
const { get } = url.startsWith('https:') ? require('node:https') : require('node:http');
get(url, (response) => {
  let text = '';
  response.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  response.on('end', () => process.stdout.write(`${JSON.parse(text).Status}\n`));
});
