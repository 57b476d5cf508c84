import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Failure } from '../../../src/core/rpc/response.ts';
import { readTaskStatus } from '../../support/response.ts';
import { answer } from '../../support/transport.ts';

const now = Date.parse('2023-03-13T08:34:30Z');
const parse = (http: number, body: object | string, headers = {}) => readTaskStatus(answer(http, body, headers), now);

async function statusOf(body: object | string, http = 200): Promise<number | string> {
  const reply = await parse(http, body);
  return reply.ok ? reply.result.status : reply.failure.code;
}

async function failureOf(http: number, body: object | string, headers = {}): Promise<Failure> {
  const reply = await parse(http, body, headers);
  assert.equal(reply.ok, false);
  return (reply as { failure: Failure }).failure;
}

describe('an answer is read by what arrives', () => {
  const readable: [string, object | string, number | string][] = [
    ['JSON as documented', '{\n\t"Status":2,\n\t"RequestId":"cc53a4b3"\n}', 2],
    ['a Code "OK" beside the Status', { Status: 1, Code: 'OK' }, 1],
    ['a Status as a string', { Status: '3' }, 3],
    ['keys in lower case', { status: 0, requestId: 'x' }, 0],
    ['a key in two spellings, of which the documented one counts', '{"status":3,"Status":2,"STATUS":1}', 2],
    ['a status nobody documented', { Status: 7 }, 7],
    ['a byte order mark', '\ufeff{"Status":2}', 2],
    [
      'XML as documented',
      '<GetTaskStatusResponse>\n <Status>2</Status>\n <RequestId>r</RequestId>\n</GetTaskStatusResponse>',
      2,
    ],
    [
      'XML with a declaration',
      '<?xml version="1.0" encoding="UTF-8"?><GetTaskStatusResponse><Status>1</Status></GetTaskStatusResponse>',
      1,
    ],
    ['XML without its root element', '<Status>2</Status><RequestId>r</RequestId>', 2],
    ['XML without root and of one element', '<Status>2</Status>', 2],
    ['XML with attributes and a comment', '<R xmlns="urn:x"><!-- c --><Status a="1">3</Status></R>', 3],
    ['XML with CDATA', '<R><Status><![CDATA[2]]></Status></R>', 2],
    ['an empty body', '', 'Network.Unreadable'],
    ['a number', '2', 'Network.Unreadable'],
    ['a list', '[2]', 'Network.Unreadable'],
    ['no Status', { RequestId: 'x' }, 'Network.Unreadable'],
    ['a Code "OK" without a Status', { Code: 'OK' }, 'Network.Unreadable'],
    ['a Code that is blank', { Code: ' ' }, 'Network.Unreadable'],
    ['a fraction', { Status: 2.5 }, 'Network.Unreadable'],
    ['a Status beyond any integer', { Status: 1e300 }, 'Network.Unreadable'],
    ['JSON cut short', '{"Status":2', 'Network.Unreadable'],
    ['XML cut short', '<GetTaskStatusResponse><Status>2</Stat', 'Network.Unreadable'],
    ['two Status elements', '<R><Status>2</Status><Status>3</Status></R>', 'Network.Unreadable'],
    ['a web page', '<!DOCTYPE html><html><body>hello</body></html>', 'Network.HtmlPage'],
    ['an error with HTTP 200', { Code: 'ResourceNotFound', Message: 'none' }, 'ResourceNotFound'],
  ];
  for (const [name, body, expected] of readable) {
    it(`${name} → ${expected}`, async () => assert.equal(await statusOf(body), expected));
  }

  it('refuses a document type, and entities with it', async () => {
    const bomb = '<!DOCTYPE r [<!ENTITY a "2"><!ENTITY x SYSTEM "file:///etc/passwd">]><r><Status>&a;</Status></r>';
    assert.equal(await statusOf(bomb), 'Network.Unreadable');
  });

  it('keeps a RequestId that looks like a number as text', async () => {
    const reply = await parse(200, '<R><Status>2</Status><RequestId>007e1</RequestId></R>');
    assert.equal(reply.ok && reply.result.requestId, '007e1');
  });

  it('is no success with an HTTP error, whatever its Status', async () => {
    assert.equal(await statusOf({ Status: 2 }, 500), 'Network.Unreadable');
  });
});

describe('a failure', () => {
  it('is told in JSON and XML alike', async () => {
    const json = await failureOf(404, {
      Code: 'ResourceNotFound',
      Message: 'no such',
      RequestId: 'R',
      Recommend: 'https://x',
    });
    const xml = await failureOf(
      404,
      '<Error><RequestId>R</RequestId><HostId>h</HostId><Code>ResourceNotFound</Code><Message>no such</Message><Recommend>https://x</Recommend></Error>',
    );
    assert.deepEqual({ ...json, body: null }, { ...xml, body: null });
    assert.equal(json.class, 'notFound');
    assert.equal(json.recommend, 'https://x');
  });

  it('takes the request id from the header where the body has none', async () => {
    assert.equal((await failureOf(502, '<html></html>', { 'x-acs-request-id': 'R-9' })).requestId, 'R-9');
  });

  it('makes control characters visible', async () => {
    const failure = await failureOf(400, { Code: 'Odd\u001b]0;title\u0007', Message: 'a\nb\u202e\u009b31m' });
    assert.equal(failure.code, 'Odd\\u{1b}]0;title\\u{7}');
    assert.equal(failure.message, 'a\\u{a}b\\u{202e}\\u{9b}31m');
  });

  it('is classified by its code before its HTTP status', async () => {
    assert.equal((await failureOf(404, { Code: 'InvalidAccessKeyId.NotFound' })).class, 'auth');
    assert.equal((await failureOf(400, { Code: 'Throttling.User' })).class, 'throttle');
  });

  const hints: [string, Record<string, string>, number | undefined][] = [
    ['x-acs-retry-after in ms', { 'x-acs-retry-after': '1500' }, 1500],
    ['Retry-After in seconds', { 'retry-after': '2' }, 2000],
    [
      'Retry-After as a date of a clock that is not ours',
      { 'retry-after': 'Mon, 13 Mar 2023 09:34:40 GMT', date: 'Mon, 13 Mar 2023 09:34:37 GMT' },
      3000,
    ],
    ['Retry-After as a date', { 'retry-after': 'Mon, 13 Mar 2023 08:34:40 GMT' }, 10_000],
    ['x-ratelimit-user with nothing left', { 'x-ratelimit-user': 'Limit:1,Remain:0,TimeLeft:2000,Reset:1234' }, 2000],
    ['x-ratelimit-user with something left', { 'x-ratelimit-user': 'Limit:1,Remain:1,TimeLeft:2000' }, undefined],
    ['the longest of several', { 'x-acs-retry-after': '10', 'retry-after': '1' }, 1000],
    ['a negative number', { 'x-acs-retry-after': '-5', 'retry-after': '-5' }, undefined],
    ['words', { 'x-acs-retry-after': 'soon', 'retry-after': 'after 2099' }, undefined],
    ['zero', { 'x-acs-retry-after': '0' }, undefined],
  ];
  for (const [name, headers, expected] of hints) {
    it(`asks to wait by ${name}`, async () => {
      assert.equal((await failureOf(400, { Code: 'Throttling' }, headers)).serverDelayMs, expected);
    });
  }

  it('has no code of ours where a response came, whatever that says', async () => {
    for (const Code of ['Network.Aborted', 'network.certificate', 'Mmai.Bug']) {
      const { code, message } = await failureOf(500, { Code, Message: 'gone' });
      assert.deepEqual([code, message], ['Network.Unreadable', 'gone']);
    }
  });

  it('does not take the Date of a cached answer for the server clock', async () => {
    const date = 'Mon, 13 Mar 2023 08:34:40 GMT';
    assert.equal((await failureOf(400, { Code: 'InvalidTimeStamp' }, { date })).serverTime, now + 10_000);
    for (const age of ['60', '60, 0'])
      assert.equal((await failureOf(400, { Code: 'InvalidTimeStamp' }, { date, age })).serverTime, undefined);
    assert.equal((await failureOf(400, { Code: 'InvalidTimeStamp' }, { date, age: '0' })).serverTime, Date.parse(date));
  });
});
