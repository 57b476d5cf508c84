// One GET with nothing but Node, unsigned: node node-http.cjs URL [CA-FILE]
const { readFileSync } = require('node:fs');

const [url, caFile] = process.argv.slice(2);
const { get } = url.startsWith('https:') ? require('node:https') : require('node:http');
get(url, caFile ? { ca: readFileSync(caFile) } : {}, (response) => {
  let text = '';
  response.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  response.on('end', () => process.stdout.write(`${JSON.parse(text).Status}\n`));
});
