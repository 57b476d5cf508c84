import { parseTaskStatus } from '../../src/core/operations/get-task-status.ts';
import { type Reading, readResponse } from '../../src/core/rpc/response.ts';
import type { HttpResponse } from '../../src/core/rpc/transport.ts';

/** A response as GetTaskStatus reads it at `now` (ms), of a request that had no secrets. */
export function readTaskStatus(response: HttpResponse, now: number, reading: Partial<Reading> = {}) {
  const url = 'https://multimediaai.cn-beijing.aliyuncs.com/';
  const redact = (text: string) => text;
  return readResponse(response, parseTaskStatus, { url, signedTexts: [], now, redact, keepsBody: false, ...reading });
}
