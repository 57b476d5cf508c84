import { expired, type Fields, Refusal } from './refusal.ts';
import type { Step } from './script.ts';
import type { RequestedTask } from './verify.ts';

export type Format = 'json' | 'xml';

/** What an answer is written with. */
interface Writing {
  readonly format: Format;
  readonly requestId: string;
  /** The URL of the result of a task that succeeded. */
  readonly resultUrl: string;
}

/** An answer as it goes on the wire, but for its Date. */
export interface Answer {
  readonly http: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The status, the code or the name of the fault: what the answer comes to. */
  readonly says: number | string;
}

/** The answer to a request that gets this step, or undefined for a step that gives none. */
export function stepAnswer(step: Step, requested: RequestedTask, writing: Writing): Answer | undefined {
  switch (step.kind) {
    case 'status':
      return taskAnswer(step.status, step.reason, requested, writing);
    case 'slow':
      return taskAnswer(1, undefined, requested, writing);
    case 'garbage':
      return { http: 200, headers: { 'content-type': TYPES.json }, body: '{"Status":', says: step.kind };
    case 'html': {
      const body = '<html><body>Bad Gateway</body></html>';
      return { http: 502, headers: { 'content-type': 'text/html' }, body, says: step.kind };
    }
    case 'hang':
    case 'reset':
      return undefined;
    default:
      return refusalAnswer(REFUSALS[step.kind](step.forMs, requested), writing);
  }
}

/** The error document of a refusal. */
export function refusalAnswer(
  { http, code, message, more }: Refusal,
  { format, requestId }: Pick<Writing, 'format' | 'requestId'>,
): Answer {
  const fields = {
    RequestId: requestId,
    HostId: 'multimediaai.cn-beijing.aliyuncs.com',
    Code: code,
    Message: message,
    Recommend: `https://error-center.aliyun.com/status/search?Keyword=${code}&source=PopGw`,
    ...more.fields,
  };
  const { headers, body } = written('Error', fields, format, requestId);
  return { http, headers: { ...headers, ...more.headers }, body, says: code };
}

// --- internal ---

/** openapi-client reads an error as XML for exactly this type only. */
const TYPES = { json: 'application/json;charset=utf-8', xml: 'text/xml;charset=utf-8' };

/** A denial in the form that RAM gives it. */
const ACCESS_DENIED_DETAIL = {
  AuthPrincipalType: 'SubUser',
  AuthPrincipalOwnerId: '1000000000000001',
  AuthPrincipalDisplayName: '2000000000000002',
  PolicyType: 'AccountLevelIdentityBasedPolicy',
  NoPermissionType: 'ImplicitDeny',
  EncodedDiagnosticMessage: 'AQEAAAAAsandbox',
};

const REFUSALS = {
  '500': () => new Refusal(500, 'InternalError', 'An error occurred while processing your request.'),
  '404': () =>
    new Refusal(404, 'ResourceNotFound', 'The requested resource does not exist. Please check the parameter TaskId.'),
  expired,
  forbidden: (_: unknown, { operation }: RequestedTask) =>
    new Refusal(403, 'Forbidden.RAM', 'User not authorized to operate on the specified resource.', {
      fields: { AccessDeniedDetail: { AuthAction: `multimediaai:${operation}`, ...ACCESS_DENIED_DETAIL } },
    }),
  throttle: (forMs: number | undefined) =>
    new Refusal(400, 'Throttling.User', 'Request was denied due to user flow control.', {
      ...(forMs !== undefined && { headers: { 'x-acs-retry-after': String(forMs) } }),
    }),
};

function taskAnswer(status: number, reason: string | undefined, requested: RequestedTask, writing: Writing): Answer {
  const { format, requestId } = writing;
  const own = OWN_FIELDS[requested.operation](status, reason, requested, writing);
  const fields = { Status: status, RequestId: requestId, ...own };
  return { http: 200, ...written(`${requested.operation}Response`, fields, format, requestId), says: status };
}

/** What the answer of each operation has besides the status. */
const OWN_FIELDS: Readonly<Record<RequestedTask['operation'], (...about: Parameters<typeof resultOf>) => Fields>> = {
  GetTaskStatus: () => ({}),
  GetTaskResult: (...about) => ({ Result: resultOf(...about) }),
};

/** The reason that the documentation shows. */
const DOCUMENTED = { ErrorName: 'Download fail', ErrorCode: '1000' };

/** What the documentation shows of a task that ended; without fields for one that has not. */
function resultOf(
  status: number,
  reason = DOCUMENTED.ErrorName,
  { taskId }: RequestedTask,
  { resultUrl }: Writing,
): Fields {
  if (status !== 2 && status !== 3) return {};
  const task = { VideoName: `video-${taskId}`, ApplicationId: '1000000000000001' };
  if (status === 2) return { ...task, AnalysisUseTime: 30, ProcessResultUrl: resultUrl };
  const known = reason === DOCUMENTED.ErrorName ? DOCUMENTED : { ErrorName: reason };
  return { ...task, ...known, ErrorReason: reason, ErrorMessage: reason };
}

function written(root: string, fields: Fields, format: Format, requestId: string): Pick<Answer, 'headers' | 'body'> {
  return {
    headers: { 'content-type': TYPES[format], 'x-acs-request-id': requestId },
    body:
      format === 'json' ? JSON.stringify(fields) : `<?xml version="1.0" encoding="UTF-8"?>${xml({ [root]: fields })}`,
  };
}

function xml(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${typeof value === 'object' ? xml(value) : escaped(value)}</${name}>`)
    .join('');
}

function escaped(value: string | number): string {
  return String(value).replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
