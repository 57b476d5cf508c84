// The official client of newer services: node openapi-client.cjs URL [COUNT, 8 at a time]
const { default: OpenApi, Config, OpenApiRequest, Params } = require('@alicloud/openapi-client');
const { RuntimeOptions } = require('@alicloud/tea-util');
const inFlight = require('./in-flight.cjs');

const [url, count = '1'] = process.argv.slice(2);
const client = new OpenApi(
  new Config({
    accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
    accessKeySecret: process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
    endpoint: new URL(url).host,
    protocol: 'http',
  }),
);
const params = new Params({
  action: 'GetTaskStatus',
  version: '2019-08-10',
  protocol: 'HTTP',
  pathname: '/',
  method: 'POST',
  authType: 'AK',
  style: 'RPC',
  reqBodyType: 'formData',
  bodyType: 'json',
});
inFlight(Number(count), async () => {
  const { body } = await client.callApi(params, new OpenApiRequest({ query: { TaskId: '1' } }), new RuntimeOptions({}));
  if (count === '1') process.stdout.write(`${body.Status}\n`);
}).then(() => process.exit());
