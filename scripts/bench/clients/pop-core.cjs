// The official client of this service: node pop-core.cjs URL [COUNT, 8 at a time]
const { Agent } = require('node:http');
const PopCore = require('@alicloud/pop-core');
const inFlight = require('./in-flight.cjs');

const [endpoint, count = '1'] = process.argv.slice(2);
const client = new PopCore({
  endpoint,
  apiVersion: '2019-08-10',
  accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
  accessKeySecret: process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
});
const agent = count === '1' ? undefined : new Agent({ keepAlive: true, maxSockets: 8 });
inFlight(Number(count), async () => {
  const { Status } = await client.request('GetTaskStatus', { TaskId: '1' }, { method: 'GET', ...(agent && { agent }) });
  if (count === '1') process.stdout.write(`${Status}\n`);
}).then(() => agent?.destroy());
