import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClient } from '../../../src/core/client.ts';
import { parseTaskId, type ResultDetails } from '../../../src/core/task.ts';
import { createRedactor } from '../../../src/text/redactor.ts';
import { fakeClock } from '../../support/clock.ts';
import { readTaskResult } from '../../support/response.ts';
import { answer, fakeTransport } from '../../support/transport.ts';

const QUERY = 'Expires=1571392620&OSSAccessKeyId=LTAIHWpn3Px9nfQ2&Signature=9NTfu2jNuS45RRUCamiBLDQEtKg%3D';
const URL = `http://XXXx.oss-cn-beijing.aliyuncs.com/processResult/xxxx.txt?${QUERY}`;
const inXml = (text: string) => text.replaceAll('&', '&amp;');

async function read(body: object | string) {
  const reply = await readTaskResult(answer(200, body));
  assert.ok(reply.ok, JSON.stringify(reply));
  return reply.result;
}

const detailsOf = async (body: object | string) => (await read(body)).result;
const urlOf = async (url: string) => (await detailsOf({ Status: 2, Result: { ProcessResultUrl: url } })).url;
const expiryOf = async (url: string) =>
  (await detailsOf({ Status: 2, Result: { ProcessResultUrl: url } })).urlExpiresAt;

const NOTHING: ResultDetails = {
  ...{ reason: null, url: null, urlExpiresAt: null, analysisSeconds: null },
  ...{ videoName: null, videoUrl: null, applicationId: null },
};

describe('a result', () => {
  const whole = {
    ...NOTHING,
    ...{ url: URL, urlExpiresAt: '2019-10-18T09:57:00Z', analysisSeconds: 30 },
    ...{ videoName: 'videoName', videoUrl: 'http://...', applicationId: 'applicationId' },
  };
  const fields = {
    VideoName: 'videoName',
    AnalysisUseTime: 30,
    ApplicationId: 'applicationId',
    VideoUrl: 'http://...',
  };
  const elements = `<VideoName>videoName</VideoName>
    <AnalysisUseTime>30</AnalysisUseTime>
    <ApplicationId>applicationId</ApplicationId>
    <ProcessResultUrl>${inXml(URL)}</ProcessResultUrl>
    <VideoUrl>http://...</VideoUrl>`;
  const failed = {
    ...NOTHING,
    reason: { name: 'Download fail', code: '1000', message: 'no such file', detail: 'HTTP 404' },
  };
  const readable: [string, object | string, ResultDetails][] = [
    ['in JSON', { Status: 2, RequestId: 'r', Result: { ...fields, ProcessResultUrl: URL } }, whole],
    ['in XML without a root element', `<Status>2</Status>\n<Result>\n${elements}\n</Result>`, whole],
    [
      'in XML with one',
      `<GetTaskResultResponse><Result>${elements}</Result><Status>2</Status></GetTaskResultResponse>`,
      whole,
    ],
    [
      'in XML with the URL inside an element of its own name',
      `<R><Result><ProcessResultUrl>\n\t<ProcessResultUrl>${inXml(URL)}</ProcessResultUrl>\n</ProcessResultUrl></Result><Status>2</Status></R>`,
      { ...NOTHING, url: URL, urlExpiresAt: '2019-10-18T09:57:00Z' },
    ],
    [
      'of a task that failed',
      {
        Status: 3,
        Result: {
          ErrorName: 'Download fail',
          ErrorCode: '1000',
          ErrorMessage: 'no such file',
          ErrorReason: 'HTTP 404',
        },
      },
      failed,
    ],
    [
      'of a task that failed, in XML',
      '<Status>3</Status><Result><ErrorName>Download fail</ErrorName><ErrorCode>1000</ErrorCode><ErrorMessage>no such file</ErrorMessage><ErrorReason>HTTP 404</ErrorReason></Result>',
      failed,
    ],
    [
      'whose error code is a number, and all else of the reason is absent',
      { Status: 3, Result: { ErrorCode: 1000 } },
      { ...NOTHING, reason: { name: null, code: '1000', message: null, detail: null } },
    ],
    [
      'of a task that succeeded, with an error code that is none',
      { Status: 2, Result: { ErrorCode: '0', ErrorMessage: 'success', ProcessResultUrl: 'http://x' } },
      { ...NOTHING, url: 'http://x' },
    ],
    [
      'with keys in lower case',
      { status: 2, result: { processResultUrl: 'http://x' } },
      { ...NOTHING, url: 'http://x' },
    ],
    ['that is absent', { Status: 2 }, NOTHING],
    ['that is empty', { Status: 1, Result: {} }, NOTHING],
    ['that is empty, in XML', '<R><Status>1</Status><Result/></R>', NOTHING],
    ['that is null', { Status: 1, Result: null }, NOTHING],
    ['that is a list', { Status: 2, Result: [{ ProcessResultUrl: URL }] }, NOTHING],
    [
      'with blank fields',
      { Status: 3, Result: { ErrorName: ' ', ProcessResultUrl: '', AnalysisUseTime: '' } },
      NOTHING,
    ],
    [
      'with fields of other kinds',
      { Status: 3, Result: { ErrorName: {}, ProcessResultUrl: 5, AnalysisUseTime: -1 } },
      { ...NOTHING, url: '5' },
    ],
  ];
  for (const [name, body, expected] of readable) {
    it(`${name} is read`, async () => assert.deepEqual(await detailsOf(body), expected));
  }

  it('needs an integer Status, or is the error that the service sends', async () => {
    const codes = [{ Result: { ProcessResultUrl: URL } }, { Status: 'done' }, { Code: 'ResourceNotFound' }].map(
      async (body) => {
        const reply = await readTaskResult(answer(200, body));
        return !reply.ok && reply.failure.code;
      },
    );
    assert.deepEqual(await Promise.all(codes), ['Network.Unreadable', 'Network.Unreadable', 'ResourceNotFound']);
  });
});

describe('the URL of a result', () => {
  it('is as it came: `&amp;` is read once, and in XML only', async () => {
    assert.equal(await urlOf(inXml(URL)), inXml(URL));
    const xml = `<Status>2</Status><Result><ProcessResultUrl>${inXml(inXml(URL))}</ProcessResultUrl></Result>`;
    assert.equal((await detailsOf(xml)).url, inXml(URL));
  });

  it('is whole or not there: more than 16 KiB is no URL', async () => {
    const long = `${URL}&x=`.padEnd(16_384, 'y');
    assert.equal(await urlOf(long), long);
    assert.equal(await urlOf(`${long}y`), null);
  });

  const expiries: [string, string | null][] = [
    [`http://h/f?${QUERY}`, '2019-10-18T09:57:00Z'],
    ['http://h/f?OSSAccessKeyId=a&amp;Expires=1571392620', '2019-10-18T09:57:00Z'],
    ['http://h/f?Expires=253402300799', '9999-12-31T23:59:59Z'],
    ['http://h/f?Expires=253402300800', null],
    ['http://h/f?Expires=soon', null],
    ['http://h/f?NotExpires=1571392620', null],
    ['http://h/f', null],
  ];
  for (const [url, expected] of expiries) {
    it(`expires ${expected ? `at ${expected}` : 'nobody knows when'}: ${url}`, async () => {
      assert.equal(await expiryOf(url), expected);
    });
  }
});

it('the texts of a result show no secret and no control character', async () => {
  const redact = (text: string) => text.replaceAll('SECRET', '***');
  const Result = { ErrorName: 'a\u001b[2J SECRET', ErrorMessage: 'SECRET\n::error::x', VideoName: 'v SECRET' };
  const reply = await readTaskResult(answer(200, { Status: 3, Result }), { redact });
  const { reason, videoName } = (reply.ok && reply.result.result) || NOTHING;
  assert.deepEqual([reason?.name, reason?.message, videoName], ['a\\u{1b}[2J ***', '***\\u{a}::error::x', 'v ***']);
});

it('a reason that names a URL shows it without what may be a signature', async () => {
  const ErrorMessage = `cannot download ${URL}, nor http://h/v.mp4`;
  const { reason } = await detailsOf({ Status: 3, Result: { ErrorMessage } });
  const shown = 'http://XXXx.oss-cn-beijing.aliyuncs.com/processResult/xxxx.txt?…';
  assert.equal(reason?.message, `cannot download ${shown} nor http://h/v.mp4`);
});

it('a reason of a megabyte of beginnings of URLs is read at once, not in minutes that signals and limits wait for', async () => {
  const { reason } = await detailsOf({ Status: 3, Result: { ErrorReason: 'http://'.repeat(140_000) } });
  assert.match(reason?.detail ?? '', /^(http:\/\/)+ht?t?p?:?\/?\/?…$/);
});

describe('GetTaskResult', () => {
  const key = { accessKeyId: 'testid', accessKeySecret: 'testsecret' };
  const clientOf = (format: 'json' | 'xml', signature: 'v1' | 'acs3', method: 'get' | 'post', lines: string[] = []) => {
    const body = { Status: 2, RequestId: 'r', Result: { ProcessResultUrl: URL } };
    const { transport, requests } = fakeTransport(answer(200, body));
    const client = createClient({
      ...{ origin: 'https://multimediaai.cn-beijing.aliyuncs.com', region: 'cn-beijing', format, signature, method },
      ...{ transport, clock: fakeClock(), random: () => 0.5, nonce: () => 'n', redactor: createRedactor() },
      credentials: async () => key,
      requestTimeoutMs: 10_000,
      debug: (line) => lines.push(line),
    });
    return { client, requests };
  };

  for (const signature of ['v1', 'acs3'] as const) {
    for (const method of ['get', 'post'] as const) {
      it(`has the parameters of every operation about a task: ${signature}, ${method}`, async () => {
        const { client, requests } = clientOf('xml', signature, method);
        const reply = await client.getTaskResult(parseTaskId('9223372036854775807'));
        assert.equal(reply.ok && reply.result.result.url, URL);
        const [{ url, body = '', headers }] = requests as [(typeof requests)[0]];
        const sent = new URLSearchParams(method === 'get' ? url.split('?')[1] : body);
        assert.equal(sent.get('TaskId'), '9223372036854775807');
        assert.equal(sent.get('RegionId'), 'cn-beijing');
        assert.equal(sent.get('Action') ?? headers['x-acs-action'], 'GetTaskResult');
        assert.equal(sent.get('Version') ?? headers['x-acs-version'], '2019-08-10');
      });
    }
  }

  it('is debugged without the URL', async () => {
    const lines: string[] = [];
    await clientOf('json', 'v1', 'get', lines).client.getTaskResult(parseTaskId('1'));
    assert.match(lines.at(-1)!, /HTTP 200, status 2, a result URL, request ID r/);
    assert.doesNotMatch(lines.join('\n'), /processResult|9NTfu2jNuS45RRUCamiBLDQEtKg/);
  });
});
