import { createHmac } from 'node:crypto';
import { percentEncode } from '../core/rpc/signature.ts';
import type { Answer } from './answers.ts';
import { Refusal } from './refusal.ts';
import { type ArrivedRequest, isSame, type SandboxKey } from './verify.ts';

/** How long the URL of a result can be used, in s; how long the service's can is not documented. */
const LIFETIME_S = 3600;
const FOLDER = '/processResult/';

/** The results of tasks, behind URLs that are signed as OSS signs them. */
export interface ResultFiles {
  /** The path and query of the URL that gives the result of a task from `now` (ms) on. */
  signedPath(taskId: string, now: number): string;
  /** The answer to a request for a result; undefined for any other request. Throws a {@link Refusal}. */
  answer(request: ArrivedRequest, now: number): Answer | undefined;
}

/** Results signed with this key. */
export function createResultFiles({ accessKeyId, accessKeySecret }: SandboxKey): ResultFiles {
  const signatureOf = (path: string, expires: string) =>
    createHmac('sha1', accessKeySecret).update(`GET\n\n\n${expires}\n${path}`).digest('base64');
  return {
    signedPath(taskId, now) {
      const path = `${FOLDER}${taskId}.txt`;
      const expires = String(Math.floor(now / 1000) + LIFETIME_S);
      const parameters = { Expires: expires, OSSAccessKeyId: accessKeyId, Signature: signatureOf(path, expires) };
      return `${path}?${Object.entries(parameters)
        .map(([name, value]) => `${name}=${percentEncode(value)}`)
        .join('&')}`;
    },
    answer({ method, path, parameters }, now) {
      if (method !== 'GET' || !isResultPath(path)) return undefined;
      const expires = parameters.get('Expires') ?? '';
      if (!isSame(signatureOf(path, expires), parameters.get('Signature') ?? '')) {
        throw new Refusal(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.');
      }
      if (Number(expires) * 1000 <= now) throw new Refusal(403, 'AccessDenied', 'Request has expired.');
      const body = `sample result of task ${resultTask(path)}, made up by the sandbox of mmai\n`;
      return { http: 200, headers: { 'content-type': 'text/plain' }, body, says: 'OK' };
    },
  };
}

/** Whether a path is that of a result, whose task {@link resultTask} tells. */
export function isResultPath(path: string): boolean {
  return path.startsWith(FOLDER);
}

export function resultTask(path: string): string {
  return path.slice(FOLDER.length).replace(/\.txt$/, '');
}
