import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withoutUrlSecrets } from '../../src/text/signed-url.ts';
import { readTaskResult } from '../support/response.ts';
import { answer } from '../support/transport.ts';

const SIGNATURE = '9NTfu2jNuS45RRUCamiBLDQEtKg%3D';
const TOKEN = 'CAISgw1q6Ft5B2yfSjIr';
const URL = `http://bucket.oss-cn-beijing.aliyuncs.com/1.txt?Expires=1571392620&OSSAccessKeyId=LTAI&Signature=${SIGNATURE}&security-token=${TOKEN}`;

/** Every way in which a service or a gateway may quote it. */
const QUOTED: Readonly<Record<string, string>> = {
  'as it is': URL,
  'without a scheme': URL.slice('http://'.length),
  'of another scheme': URL.replace('http', 'oss'),
  'in JSON': URL.replaceAll('/', '\\/'),
  'in JSON that escapes more': URL.replaceAll('=', '\\u003d').replaceAll('&', '\\u0026'),
  'in HTML': URL.replaceAll('&', '&amp;'),
  'in HTML that escapes more': URL.replaceAll('=', '&#x3D;').replaceAll('&S', '&#38;S'),
  'percent-encoded': encodeURIComponent(URL),
  'percent-encoded twice': encodeURIComponent(encodeURIComponent(URL)),
  'with its query on another line': URL.replace('?', '\n?'),
  'that only has a token': URL.replace(`Signature=${SIGNATURE}&`, ''),
  'of OSS, version 4': `https://b.oss-cn-beijing.aliyuncs.com/1?x-oss-signature=${SIGNATURE}&x-oss-security-token=${TOKEN}`,
  'of the CDN': `rtmp://live.example/app/stream?auth_key=${TOKEN}`,
  'with a password': `http://me:${TOKEN}@host.example/video.mp4`,
  'with a password, in JSON': `http:\\/\\/me:${TOKEN}@host.example\\/video.mp4`,
};

describe('a URL that gives access to a file is not shown whole', () => {
  const assertHidden = (text: string | null, title: string) => {
    assert.match(text ?? '', /\*{8}/, title);
    for (const part of [SIGNATURE.slice(0, 8), TOKEN.slice(0, 8)]) assert.ok(!text?.includes(part), text ?? '');
  };

  for (const [title, url] of Object.entries(QUOTED)) {
    it(title, () => {
      const text = withoutUrlSecrets(`cannot get "${url}" now`);
      assertHidden(text, title);
      assert.match(text, /^cannot get ".*" now$/s);
    });
  }

  it('in any text of an error, nor in the reason of a failed task', async () => {
    const error = await readTaskResult(answer(400, { Code: 'Bad', Message: URL, RequestId: URL, Recommend: URL }));
    assert.ok(!error.ok);
    const { message, requestId, recommend } = error.failure;
    for (const [name, text] of Object.entries({ message, requestId, recommend })) assertHidden(text, name);

    const oss = URL.replace('http', 'oss');
    const Result = { ErrorName: oss, ErrorCode: oss, ErrorMessage: oss, ErrorReason: oss };
    const failed = await readTaskResult(answer(200, { Status: 3, RequestId: 'r', Result }));
    assert.ok(failed.ok);
    for (const [name, text] of Object.entries(failed.result.result.reason ?? {})) assertHidden(text, name);
  });

  it('and any other text stays as it is', () => {
    const texts = [
      'https://help.aliyun.com/document_detail/25491.html?spm=a2c4g&q=InvalidSignature#sig',
      'SignatureMethod=HMAC-SHA1&SignatureVersion=1.0 does not conform; signature: none',
      'design=1 at 10:30, user@host.example, http://host:8080/@me, http://[::1]:80/a:b@c',
      `Signature=${'*'.repeat(8)}&Timestamp=2026-11-26T00%3A00%3A00Z`,
    ];
    for (const text of texts) assert.equal(withoutUrlSecrets(text), text);
  });
});
