import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refusal } from '../../src/sandbox/refusal.ts';
import { createResultFiles } from '../../src/sandbox/result-files.ts';
import { readRequest } from '../../src/sandbox/verify.ts';
import { sandbox, testKey } from '../support/mmai.ts';

const NOW = Date.parse('2023-03-13T08:34:30Z');
const files = createResultFiles(testKey);

/** The body of the answer, or the code of a refusal. */
function answered(target: string, { method = 'GET', now = NOW } = {}): string | undefined {
  try {
    return files.answer(readRequest(method, target, {}, Buffer.alloc(0)), now)?.body;
  } catch (error) {
    if (error instanceof Refusal) return `${error.http} ${error.code}`;
    throw error;
  }
}

describe('the URL of a result in the sandbox', () => {
  const path = files.signedPath('123', NOW);

  it('has the form of the service: a file, Expires, OSSAccessKeyId and Signature', () => {
    assert.match(path, /^\/processResult\/123\.txt\?Expires=1678700070&OSSAccessKeyId=test-key-id&Signature=[\w%]+$/);
  });

  it('gives the result for an hour, and then no more', () => {
    assert.match(answered(path)!, /^sample result of task 123/);
    assert.match(answered(path, { now: NOW + 3_599_999 })!, /^sample result/);
    assert.equal(answered(path, { now: NOW + 3_600_000 }), '403 AccessDenied');
  });

  it('is of one task, one time and one key', () => {
    const others = [
      path.replace('123.txt', '124.txt'),
      path.replace('1678700070', '9678700070'),
      path.replace(/&Signature=.*/, ''),
      path.split('?')[0]!,
      createResultFiles({ ...testKey, accessKeySecret: 'another' }).signedPath('123', NOW),
    ];
    for (const other of others) assert.equal(answered(other), '403 SignatureDoesNotMatch', other);
  });

  it('is for reading only', () => assert.equal(answered(path, { method: 'POST' }), undefined));

  it('is answered for loopback names only', async () => {
    const server = await sandbox({ script: '2', hosts: [] });
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) =>
      request(`${server.url}${path}`, { headers: { host: 'evil.example' } }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end(),
    );
    assert.equal(status, 421);
  });
});
