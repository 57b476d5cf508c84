// GETs with undici as its documentation shows, signed in the plainest way: node undici.cjs URL [COUNT, 8 at a time]
const { createHmac, randomUUID } = require('node:crypto');
const { Pool, request } = require('undici');
const inFlight = require('./in-flight.cjs');

const [url, count = '1'] = process.argv.slice(2);
const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function signedPath() {
  const parameters = {
    AccessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
    Action: 'GetTaskStatus',
    Format: 'JSON',
    RegionId: 'cn-beijing',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: randomUUID(),
    SignatureVersion: '1.0',
    TaskId: '1',
    Timestamp: new Date().toISOString().replace(/\.\d+/, ''),
    Version: '2019-08-10',
  };
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join('&');
  const hmac = createHmac('sha1', `${process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET}&`);
  return `/?${query}&Signature=${encode(hmac.update(`GET&%2F&${encode(query)}`).digest('base64'))}`;
}

async function once() {
  const { body } = await request(url + signedPath());
  process.stdout.write(`${(await body.json()).Status}\n`);
}

async function many() {
  const pool = new Pool(url, { connections: 8 });
  await inFlight(Number(count), async () => {
    const { body } = await pool.request({ path: signedPath(), method: 'GET' });
    await body.json();
  });
  await pool.close();
}

count === '1' ? once() : many();
