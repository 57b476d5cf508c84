import { parseTaskResult } from '../../src/core/operations/get-task-result.ts';
import { parseTaskStatus } from '../../src/core/operations/get-task-status.ts';
import { type Parse, type Reading, readResponse } from '../../src/core/rpc/response.ts';
import type { HttpResponse } from '../../src/core/rpc/transport.ts';

/** A response as GetTaskStatus reads it at `now` (ms), of a request that had no secrets. */
export function readTaskStatus(response: HttpResponse, now: number, reading: Partial<Reading> = {}) {
  return read(response, parseTaskStatus, { now, ...reading });
}

/** The same for GetTaskResult. */
export function readTaskResult(response: HttpResponse, reading: Partial<Reading> = {}) {
  return read(response, parseTaskResult, { now: 0, ...reading });
}

function read<Result>(response: HttpResponse, parse: Parse<Result>, reading: Partial<Reading> & { now: number }) {
  const url = 'https://multimediaai.cn-beijing.aliyuncs.com/';
  const redact = (text: string) => text;
  return readResponse(response, parse, { url, signedTexts: [], redact, keepsBody: false, ...reading });
}
