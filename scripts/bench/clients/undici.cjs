// GETs with undici as its documentation shows, unsigned: node undici.cjs URL [COUNT, 10 at a time]
const { Pool, request } = require('undici');

const [url, count = '1'] = process.argv.slice(2);
const inTen = require('./in-ten.cjs');

async function once() {
  const { body } = await request(url);
  process.stdout.write(`${(await body.json()).Status}\n`);
}

async function many() {
  const pool = new Pool(url, { connections: 10 });
  await inTen(Number(count), async () => {
    const { body } = await pool.request({ path: '/?Action=GetTaskStatus&TaskId=1', method: 'GET' });
    await body.json();
  });
  await pool.close();
}

count === '1' ? once() : many();
