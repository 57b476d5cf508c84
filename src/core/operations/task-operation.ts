import type { RpcCall, RpcService } from '../rpc/call.ts';
import { type ApiCall, createSigner } from '../rpc/request.ts';
import type { Parse, ResponseInfo } from '../rpc/response.ts';
import type { TaskId } from '../task.ts';

/** How the service is called, whatever the operation. */
export interface RequestOptions extends Pick<ApiCall, 'origin' | 'method' | 'format' | 'signature'> {
  readonly region: string;
}

/** An operation of the service about one task. */
export interface TaskOperation<Result extends ResponseInfo> {
  /** The request about a task before it is signed, to be shown. */
  request(options: RequestOptions, taskId: TaskId): ApiCall;
  /** Makes calls about one task each; what is the same for all of them is prepared once. */
  calls(options: RequestOptions, service: RpcService): (taskId: TaskId) => RpcCall<Result>;
}

/** All operations of the service about a task have the same parameters; `summary` is for debug lines. */
export function taskOperation<Result extends ResponseInfo>(
  action: string,
  parse: Parse<Result>,
  summary: (result: Result) => string,
): TaskOperation<Result> {
  const requestOf = ({ region, origin, method, format, signature }: RequestOptions, taskId?: TaskId): ApiCall => ({
    origin,
    method,
    format,
    signature,
    action,
    version: '2019-08-10',
    parameters: { RegionId: region, ...(taskId && { TaskId: taskId }) },
  });
  return {
    request: requestOf,
    calls(options, service) {
      const sign = createSigner(requestOf(options), ['TaskId']);
      return (taskId) => ({
        service,
        label: `task ${taskId}`,
        signature: options.signature,
        sign: (stamp, key) => sign(key!, stamp, { TaskId: taskId }),
        parse,
        summary,
      });
    },
  };
}
