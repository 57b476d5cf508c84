import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ecsProvider } from '../../../src/core/credentials/ecs.ts';
import {
  type HttpRequest,
  type HttpResponse,
  NetworkError,
  type NetworkFailure,
} from '../../../src/core/rpc/transport.ts';
import { type FakeClock, fakeClock } from '../../support/clock.ts';
import { credentialDeps } from '../../support/credential-deps.ts';

const ROLE = 'TheRole';
const ISSUED = { Code: 'Success', AccessKeyId: 'id', AccessKeySecret: 's', SecurityToken: 't' };

type Reply = number | NetworkFailure;

/** What a metadata service that is there responds with. */
function respond({ method, url }: Pick<HttpRequest, 'method' | 'url'>, status = 200) {
  const text = method === 'PUT' ? 'token' : url.endsWith('/') ? ROLE : JSON.stringify(ISSUED);
  return { status, headers: {}, body: new TextEncoder().encode(status === 200 ? text : '') };
}

/** A service that only sends. */
const sending = (send: (request: HttpRequest) => Promise<HttpResponse>) => ({ send, renew() {}, close() {} });

/** A metadata service: what it answers to the question for a token, to a GET with one, and to a GET without. */
async function metadata(put: Reply, withToken: Reply, withoutToken: Reply, env: Record<string, string> = {}) {
  const requests: string[] = [];
  const world = await credentialDeps({
    env,
    transport: {
      async send({ method, url, headers }: HttpRequest) {
        const hasToken = 'x-aliyun-ecs-metadata-token' in headers;
        requests.push(
          `${method}${hasToken ? ' with token' : ''} ${url.endsWith(ROLE) ? 'role' : url.endsWith('/') ? 'list' : 'token'}`,
        );
        const reply = method === 'PUT' ? put : hasToken ? withToken : withoutToken;
        if (typeof reply === 'string') throw new NetworkError(reply, 'no answer');
        return respond({ method, url }, reply);
      },
      renew() {},
      close() {},
    },
  });
  return { requests, find: () => ecsProvider(world).find() };
}

/** A service whose requests, counted from 1, go through `handle`, on a clock that it may stop. */
async function stopping(handle: (request: HttpRequest, count: number, clock: FakeClock) => void) {
  const clock = fakeClock();
  let requests = 0;
  const world = await credentialDeps({
    clock,
    transport: sending(async (request) => {
      requests += 1;
      handle(request, requests, clock);
      return respond(request);
    }),
  });
  const found = await ecsProvider(world).find();
  return { id: found?.accessKey.accessKeyId, requests };
}

describe('the metadata service of an ECS instance', () => {
  it('is no absent one where this process was stopped while it was requested', async () => {
    for (const stoppedAt of [1, 2, 3]) {
      const { id, requests } = await stopping((request, count, clock) => {
        if (count === stoppedAt) {
          clock.stop(12_000);
          throw new NetworkError('Timeout', 'no answer');
        }
        assert.ok(request.timeoutMs >= 1000, `${request.timeoutMs} ms`);
      });
      assert.equal(id, 'id');
      assert.equal(requests, 4);
    }
  });

  it('is not requested again where it responded in spite of a stop', async () => {
    const { id, requests } = await stopping((_, __, clock) => clock.stop(12_000));
    assert.equal(id, 'id');
    assert.equal(requests, 3);
  });

  for (const kind of ['ConnectionRefused', 'Unreachable', 'Timeout'] as const) {
    it(`that has responded before is no absent one at ${kind}: its key is to be renewed once the network is back`, async () => {
      let isDown = false;
      const world = await credentialDeps({
        transport: sending(async (request) => {
          if (isDown) throw new NetworkError(kind, 'no answer');
          return respond(request);
        }),
      });
      const provider = ecsProvider(world);
      await provider.find();
      isDown = true;
      await assert.rejects(provider.find(), { exitCode: 4 });
      isDown = false;
      assert.equal((await provider.find())?.accessKey.accessKeyId, 'id');
    });
  }

  it('is asked with a token only, where it gives one', async () => {
    const { find, requests } = await metadata(200, 200, 403);
    assert.equal((await find())?.accessKey.accessKeyId, 'id');
    assert.deepEqual(requests, ['PUT token', 'GET with token list', 'GET with token role']);
  });

  for (const put of [400, 401, 403, 404, 405, 500, 503, 'ConnectionReset', 'Timeout', 'Protocol'] as const) {
    it(`is asked without a token where the question for one ends with ${put}, as the official clients do`, async () => {
      const { find, requests } = await metadata(put, 403, 200);
      assert.equal((await find())?.accessKey.accessKeyId, 'id');
      assert.deepEqual(requests, ['PUT token', 'GET list', 'GET role']);
    });

    it(`is not asked without a token after ${put} with ALIBABA_CLOUD_IMDSV1_DISABLED`, async () => {
      const { find, requests } = await metadata(put, 403, 200, { ALIBABA_CLOUD_IMDSV1_DISABLED: 'true' });
      if (typeof put === 'string') assert.equal(await find(), undefined);
      else await assert.rejects(find(), { exitCode: 3, message: /ALIBABA_CLOUD_IMDSV1_DISABLED forbids IMDSv1/ });
      assert.deepEqual(requests, ['PUT token']);
    });
  }

  it('is not said to be absent where the search was interrupted', async () => {
    const send = () => Promise.reject(new NetworkError('Aborted', 'interrupted'));
    const transport = { send, renew() {}, close() {} };
    const world = await credentialDeps({ transport, signal: AbortSignal.abort(130) });
    await assert.rejects(ecsProvider(world).find(), { message: 'ECS instance metadata: interrupted' });
  });

  for (const refusal of [401, 403, 404, 500, 'ConnectionReset', 'Timeout'] as const) {
    it(`is asked again without the token where a request with it ends with ${refusal}`, async () => {
      const { find, requests } = await metadata(200, refusal, 200);
      assert.equal((await find())?.accessKey.accessKeyId, 'id');
      assert.deepEqual(requests, ['PUT token', 'GET with token list', 'GET list', 'GET with token role', 'GET role']);
    });
  }

  it('that refuses both ways is told with the answer to the first', async () => {
    const { find } = await metadata(200, 500, 403);
    await assert.rejects(find(), { exitCode: 4, message: /HTTP 500/ });
  });

  for (const [status, exitCode] of [
    [500, 4],
    [503, 4],
    [429, 4],
    [400, 3],
    [403, 3],
  ] as const) {
    it(`that answers ${status} is the same failure for the list of roles as for the credentials`, async () => {
      for (const env of [{}, { ALIBABA_CLOUD_ECS_METADATA: ROLE }]) {
        const { find } = await metadata(200, status, status, env);
        await assert.rejects(find(), { exitCode, message: new RegExp(`refused with .*HTTP ${status}`) }, `${env}`);
      }
    });
  }

  it('that lists no role offers nothing', async () => {
    assert.equal(await (await metadata(200, 404, 403)).find(), undefined);
    assert.equal(await (await metadata(405, 404, 404)).find(), undefined);
  });

  for (const failure of ['ConnectionRefused', 'Unreachable', 'Timeout'] as const) {
    it(`is not there where everything ends with ${failure}`, async () => {
      const { find, requests } = await metadata(failure, failure, failure);
      assert.equal(await find(), undefined);
      assert.ok(requests.length <= 2);
    });
  }

  it('is an error where a variable names the role and nobody answers', async () => {
    const { find } = await metadata('Timeout', 'Timeout', 'Timeout', { ALIBABA_CLOUD_ECS_METADATA: ROLE });
    await assert.rejects(find(), { exitCode: 4, message: /^ECS instance metadata: / });
  });

  it('is asked for a role whose name is half a surrogate pair, too', async () => {
    const { find } = await metadata(200, 404, 404, { ALIBABA_CLOUD_ECS_METADATA: '\ud800' });
    await assert.rejects(find(), { exitCode: 3, message: /has no such RAM role/ });
  });
});
