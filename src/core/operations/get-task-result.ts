import { copied } from '../../text/safe-text.ts';
import { timestamp } from '../rpc/request.ts';
import { type Redact, type ResponseInfo, safeText } from '../rpc/response.ts';
import { fieldsOf, integerField, type ResponseFields, textField } from '../rpc/response-fields.ts';
import { type FailureReason, type ResultDetails, type TaskResult, taskState } from '../task.ts';
import { taskOperation } from './task-operation.ts';

/** GetTaskResult: why a task failed, or where its result is. */
export const getTaskResult = taskOperation('GetTaskResult', parseTaskResult, summaryOf);

/** Reads the response to GetTaskResult; undefined without an integer `Status`. */
export function parseTaskResult(
  fields: ResponseFields,
  { requestId, http, serverDelayMs, body }: ResponseInfo,
  _: unknown,
  redact: Redact,
): TaskResult | undefined {
  const status = integerField(fields, 'status');
  if (status === undefined) return undefined;
  const details = resultDetails(fieldsOf(fields.get('result')) ?? new Map(), redact);
  // An error code such as 0 is no reason of a failure then, and would be shown in place of the URL.
  const result = taskState(status) === 'succeeded' ? { ...details, reason: null } : details;
  return { status, requestId, http, serverDelayMs, body, result };
}

// --- internal ---

const MAX_TEXT = 500;
const MAX_URL = 16 * 1024;
/** The last second that RFC 3339 can write. */
const MAX_SECONDS = Date.parse('9999-12-31T23:59:59Z') / 1000;

/** Details of a task that has not ended are all null: what the service sends then is not documented. */
function resultDetails(fields: ResponseFields, redact: Redact): ResultDetails {
  const text = (name: string) => safeText(textField(fields, name), MAX_TEXT, redact);
  const url = urlField(fields, 'processresulturl');
  const seconds = integerField(fields, 'analysisusetime');
  return {
    reason: failureReason(fields, redact),
    url,
    urlExpiresAt: url && expiryOf(url),
    analysisSeconds: seconds === undefined || seconds < 0 ? null : seconds,
    videoName: text('videoname'),
    videoUrl: urlField(fields, 'videourl'),
    applicationId: text('applicationid'),
  };
}

function failureReason(fields: ResponseFields, redact: Redact): FailureReason | null {
  const text = (name: string) => safeText(withoutQueries(textField(fields, name)), MAX_TEXT, redact);
  const [name, code] = [text('errorname'), text('errorcode')];
  const [message, detail] = [text('errormessage'), text('errorreason')];
  return name || code || message || detail ? { name, code, message, detail } : null;
}

/**
 * A URL as it came, since a signed URL that is cut or escaped is of no use; null for one too long for any server. One of the
 * service's samples has the element twice, one inside the other.
 */
function urlField(fields: ResponseFields, name: string): string | null {
  const text = textField(fields, name) ?? textField(fieldsOf(fields.get(name)), name);
  const url = text?.trim();
  return url && url.length <= MAX_URL ? copied(url) : null;
}

/** A reason is shown everywhere, and the URL of the video that it may name is perhaps a signed one. */
function withoutQueries(text: string | undefined): string | undefined {
  // Each address is matched once, whole: a megabyte of beginnings of one would take minutes if each were tried to its end.
  return text?.replace(/https?:\/\/\S*/gi, (url) => url.replace(/[?#].*/s, '?…'));
}

/** Until when a signed URL may be used: `2019-10-18T09:57:00Z`. One of the service's samples separates parameters by `&amp;` in JSON, too. */
function expiryOf(url: string): string | null {
  const seconds = Number(/[?&](?:amp;)?Expires=(\d{1,13})(?:&|$)/.exec(url)?.[1]);
  return seconds <= MAX_SECONDS ? timestamp(seconds * 1000) : null;
}

/** Without the URL, which is a secret. */
function summaryOf({ status, result: { reason, url } }: TaskResult): string {
  return [`status ${status}`, reason && 'a reason', url && 'a result URL'].filter(Boolean).join(', ');
}
