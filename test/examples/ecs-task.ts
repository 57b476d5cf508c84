// Waits for tasks of another product, ECS, with a client of one's own: node --import tsx test/examples/ecs-task.ts ENDPOINT TASK_ID…
import { signRpc, type TaskClient, waitForTasks } from '../../src/index.ts';

const [origin = '', ...taskIds] = process.argv.slice(2);
const { ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId = '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret = '' } =
  process.env;
interface Answer {
  readonly Code: string;
  readonly Message: string;
  readonly RequestId: string;
  readonly TaskStatus: string;
}
/** The states of ECS as statuses: 1 running, 2 succeeded, 3 failed. */
const STATUSES: Record<string, number> = { Processing: 1, Finished: 2, Failed: 3 };

const client: TaskClient = {
  async getTaskStatus(taskId, { signal, traffic }) {
    const { url, headers } = signRpc(
      {
        ...{ origin, action: 'DescribeTaskAttribute', version: '2014-05-26', method: 'get', format: 'json' },
        ...{ signature: 'v1', parameters: { RegionId: 'cn-beijing', TaskId: taskId } },
      },
      { accessKeyId, accessKeySecret },
    );
    traffic.requests += 1;
    try {
      const response = await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
      const { Code: code, Message: message, RequestId: requestId, TaskStatus } = (await response.json()) as Answer;
      if (response.ok) return { ok: true, result: { status: STATUSES[TaskStatus] ?? 0, requestId } };
      return { ok: false, failure: { code, message, requestId, http: response.status } };
    } catch (error) {
      return { ok: false, failure: { code: 'NoResponse', message: String(error), class: 'transient' } };
    }
  },
};

const { tasks, summary } = await waitForTasks(client, taskIds, { timeout: '10m' });
for (const { id, state, durationMs } of tasks) console.log(`${id} ${state} after ${Math.round(durationMs / 1000)}s`);
process.exitCode = summary.exitCode;
