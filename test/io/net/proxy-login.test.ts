import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_IN_FLIGHT, NetworkError } from '../../../src/core/rpc/transport.ts';
import { createRedactor } from '../../../src/text/redactor.ts';
import { BASIC, failure, idle, PASSWORD, SERVICE, transport } from '../../support/net-transport.ts';
import { proxyServer, tlsServer } from '../../support/network.ts';
import { rawServer as socketServer } from '../../support/raw-server.ts';

const USER = `me:${encodeURIComponent(PASSWORD)}@`;

describe('the login of a proxy', () => {
  it('gets user and password, and keeps one connection for many requests', async () => {
    const proxy = await proxyServer({ port: await tlsServer(), authorization: BASIC });
    const { get, events } = await transport({ env: { https_proxy: `http://${USER}${proxy.host}` } });
    await get(SERVICE);
    await idle();
    await get(SERVICE);
    assert.deepEqual(
      proxy.seen.map(({ authorization }) => authorization),
      [BASIC],
    );
    assert.doesNotMatch(JSON.stringify(events), /canary/);
  });

  it('that rejects its login gets it once, however many requests there are: a wrong password sent over and over locks accounts', async () => {
    const proxy = await proxyServer({ port: 1, authorization: 'Basic other' });
    const { get } = await transport({ env: { HTTPS_PROXY: `http://${USER}${proxy.host}` } });
    const rejected = () => failure(get(SERVICE), 'ProxyAuthentication', /rejected the user name and password$/);
    await Promise.all(Array.from({ length: 3 * MAX_IN_FLIGHT }, rejected));
    await rejected();
    assert.equal(proxy.seen.length, 1);
  });

  it('that rejects its login after a while gets it from the requests under way only', async () => {
    let isChanged = false;
    const refusal = () => (isChanged ? 'HTTP/1.1 407 Who\r\nConnection: close\r\n\r\n' : undefined);
    const proxy = await proxyServer({ port: await tlsServer(), authorization: BASIC, refusal });
    const { get, renew } = await transport({ env: { HTTPS_PROXY: `http://${USER}${proxy.host}` } });
    await get(SERVICE);
    isChanged = true;
    renew();
    const rejected = () => failure(get(SERVICE), 'ProxyAuthentication', /rejected the user name and password$/);
    await Promise.all(Array.from({ length: 3 * MAX_IN_FLIGHT }, rejected));
    // On a busy machine fewer are under way when the first one hears of it.
    assert.ok(proxy.seen.length <= 1 + MAX_IN_FLIGHT, `${proxy.seen.length} logins`);
  });

  it('that is busy at first gets its login again from the next request, and then from all that wait', async () => {
    let answers = 0;
    const refusal = () => (answers++ < 2 ? 'HTTP/1.1 503 Busy\r\n\r\n' : undefined);
    const proxy = await proxyServer({ port: await tlsServer(), authorization: BASIC, refusal });
    const { get } = await transport({ env: { HTTPS_PROXY: `http://${USER}${proxy.host}` } });
    const sent = Array.from({ length: MAX_IN_FLIGHT }, () =>
      get(SERVICE).then(
        ({ status }) => status,
        ({ kind }) => kind,
      ),
    );
    assert.deepEqual((await Promise.all(sent)).sort(), [...Array(MAX_IN_FLIGHT - 2).fill(200), 'Proxy', 'Proxy']);
    assert.equal(proxy.seen.length, MAX_IN_FLIGHT);
  });

  it('is not connected to by what waits for the outcome of its login, once the transport is closed', async () => {
    let connections = 0;
    let onConnected = () => {};
    const connected = new Promise<void>((resolve) => (onConnected = resolve));
    const { url } = await socketServer('', () => {
      connections += 1;
      onConnected();
    });
    const { get, close } = await transport({ env: { HTTPS_PROXY: url.replace('//', `//${USER}`) } });
    const sent = [1, 2].map(() => assert.rejects(get(SERVICE), NetworkError));
    await connected;
    close();
    await Promise.all(sent);
    assert.equal(connections, 1);
  });

  it('makes its login known as secret, for it may quote it', async () => {
    const redactor = createRedactor();
    const proxy = await proxyServer({ port: 1, refusal: 'HTTP/1.1 502 Bad Gateway\r\n\r\n' });
    const { get } = await transport({ env: { HTTPS_PROXY: `http://${USER}${proxy.host}` }, redactor });
    await assert.rejects(get(SERVICE), NetworkError);
    assert.doesNotMatch(redactor.redact(`a ${PASSWORD} b ${BASIC} c`), /canary|Basic \w/);
  });
});
