import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseProxy, isExempt } from '../../../src/io/net/proxy-rules.ts';
import { en } from '../../../src/locales/en/messages.ts';

const service = new URL('https://multimediaai.cn-beijing.aliyuncs.com/');
const secret = 'canary-password';

describe('the proxy variables', () => {
  const cases: [string, string, Record<string, string>, string | undefined][] = [
    ['https takes HTTPS_PROXY', 'https://a.b', { HTTPS_PROXY: 'http://p:1' }, 'p:1'],
    ['http takes HTTP_PROXY', 'http://a.b', { HTTP_PROXY: 'http://p:1' }, 'p:1'],
    ['https never falls back to HTTP_PROXY', 'https://a.b', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http never falls back to HTTPS_PROXY', 'http://a.b', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['lower case wins', 'https://a.b', { HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:2' }, 'q:2'],
    ['an empty variable is none', 'https://a.b', { https_proxy: '', HTTPS_PROXY: 'http://p:1' }, 'p:1'],
    [
      'an empty one of a file with CRLF is none',
      'https://a.b',
      { https_proxy: '\r', HTTPS_PROXY: 'http://p:1\r' },
      'p:1',
    ],
    ['a bare host and port is a proxy over http', 'https://a.b', { HTTPS_PROXY: 'proxy.corp:3128' }, 'proxy.corp:3128'],
    ['the port of the scheme is implied', 'https://a.b', { HTTPS_PROXY: 'https://proxy.corp' }, 'proxy.corp:443'],
    ['NO_PROXY exempts', 'https://a.b', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'x.y, a.b' }, undefined],
    ['no_proxy wins over NO_PROXY', 'https://a.b', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*', no_proxy: 'c' }, 'p:1'],
    ['ALL_PROXY is not supported', 'https://a.b', { ALL_PROXY: 'socks5://p:1' }, undefined],
    ['localhost is never proxied', 'https://localhost:1', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['127.0.0.0/8 is never proxied', 'http://127.9.9.9:1', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['[::1] is never proxied', 'http://[::1]:1', { HTTP_PROXY: 'http://p:1' }, undefined],
  ];
  for (const [name, url, env, host] of cases) {
    it(name, () => assert.equal(chooseProxy(new URL(url), env).proxy?.host, host));
  }

  it('say which of them decided', () => {
    assert.equal(chooseProxy(service, { https_proxy: 'http://p:1' }).why(en), 'https_proxy');
    assert.equal(chooseProxy(service, { https_proxy: 'http://p:1', NO_PROXY: '*' }).why(en), 'NO_PROXY');
    assert.match(chooseProxy(service, { all_proxy: 'socks5://p' }).why(en), /all_proxy is not supported/);
  });

  it('give user and password, percent-encoded, as Basic authentication; a user alone too', () => {
    const authorization = (text: string) => chooseProxy(service, { HTTPS_PROXY: text }).proxy?.authorization;
    assert.equal(authorization('http://me:p%40ss@p:1'), `Basic ${btoa('me:p@ss')}`);
    assert.equal(authorization('http://me@p:1'), `Basic ${btoa('me:')}`);
    assert.equal(authorization('http://p:1'), undefined);
  });

  it('are secret in what they are logged in with: the password, or the token in place of the user', () => {
    const secrets = (text: string) => chooseProxy(service, { HTTPS_PROXY: text }).proxy?.secrets;
    assert.deepEqual(secrets('http://me:p%40ss@p:1'), ['p@ss', btoa('me:p@ss')]);
    assert.deepEqual(secrets('http://t%2Foken@p:1'), ['t/oken', btoa('t/oken:')]);
  });

  const bad = [
    `socks5://me:${secret}@p:1`,
    `http://me:1#${secret}@p:1`,
    `http://me:${secret}%zz@p:1`,
    `http://me:1/${secret}@p:1`,
    'http://',
    'http://p:99999',
  ];
  for (const text of bad) {
    it(`that are no address are refused by name, without their value: ${text}`, () => {
      assert.throws(
        () => chooseProxy(service, { https_proxy: text }),
        (error: Error & { exitCode: number }) => {
          assert.equal(error.exitCode, 2);
          assert.match(error.message, /^https_proxy is not a valid proxy URL/);
          assert.doesNotMatch(error.message, /canary/);
          return true;
        },
      );
    });
  }
});

describe('NO_PROXY', () => {
  const cases: [list: string, url: string, isExempted: boolean][] = [
    ['*', 'https://a.b', true],
    ['', 'https://a.b', false],
    [' , ,', 'https://a.b', false],
    ['a.b', 'https://a.b', true],
    ['A.B', 'https://a.b', true],
    ['a.b', 'https://x.a.b', true],
    ['a.b', 'https://xa.b', false],
    ['.a.b', 'https://x.a.b', true],
    ['.a.b', 'https://a.b', true],
    ['*.a.b', 'https://x.a.b', true],
    ['a.b.', 'https://a.b', true],
    ['a.b', 'https://a.b.', true],
    ['c d,a.b', 'https://a.b', true],
    ['a.b:443', 'https://a.b', true],
    ['a.b:8443', 'https://a.b', false],
    ['a.b:80', 'http://a.b', true],
    ['10.1.2.3', 'http://10.1.2.3', true],
    ['10.1.2.3', 'http://10.1.2.30', false],
    ['10.0.0.0/8', 'http://10.1.2.3', true],
    ['10.0.0.0/8', 'http://11.1.2.3', false],
    ['10.0.0.0/8', 'http://ten.example', false],
    ['10.0.0.0/99', 'http://10.1.2.3', false],
    ['10.0.0.0/', 'http://11.1.2.3', false],
    ['10.0.0.0/8.5', 'http://10.1.2.3', false],
    ['10.0.0.0/-0', 'http://10.1.2.3', false],
    ['10.0.0.0/0x8', 'http://10.1.2.3', false],
    ['0.0.0.0/0', 'http://10.1.2.3', true],
    ['fd00::/8', 'http://[fd00::1]', true],
    ['fd00::1', 'http://[fd00::1]', true],
    ['[fd00::1]', 'http://[fd00::1]', true],
    ['[fd00::1]:81', 'http://[fd00::1]:80', false],
    ['aliyuncs.com', service.href, true],
    ['.', service.href, false],
  ];
  for (const [list, url, isExempted] of cases) {
    it(`"${list}" ${isExempted ? 'exempts' : 'leaves'} ${url}`, () =>
      assert.equal(isExempt(new URL(url), list), isExempted));
  }
});
