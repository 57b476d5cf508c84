// Waits for tasks from a program: node --import tsx test/examples/watch-tasks.ts ENDPOINT TASK_ID…
import { createClient, watchTasks } from '../../src/index.ts';

const [endpoint = '', ...taskIds] = process.argv.slice(2);
const { ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId = '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret = '' } =
  process.env;
const client = createClient({ endpoint, accessKey: { accessKeyId, accessKeySecret } });

for await (const event of watchTasks(client, taskIds, { timeout: '10m', failFast: true })) {
  if (event.type === 'state') console.log(`${event.id} is ${event.state}`);
  if (event.type === 'summary') process.exitCode = event.exitCode;
}
client.close();
