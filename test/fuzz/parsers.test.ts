import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { resolveSettings, settingNames } from '../../src/core/config/settings.ts';
import { TaskIdParser } from '../../src/core/input/task-id-parser.ts';
import { serviceOrigin } from '../../src/core/origin.ts';
import { parseTaskId } from '../../src/core/task.ts';
import { createStore } from '../../src/io/store.ts';
import { compileQuery } from '../../src/output/query.ts';
import { Player, parseScript } from '../../src/sandbox/script.ts';
import { formatDuration, parseDuration } from '../../src/text/duration.ts';
import { jsonText, visible } from '../../src/text/safe-text.ts';
import { assertSafe, codePoint, hostileText, property, refusesAtMost } from '../support/fuzz.ts';
import { temporaryDirectory } from '../support/mmai.ts';
import { readTaskStatus } from '../support/response.ts';

const NOW = Date.parse('2023-03-13T08:34:30Z');

property(
  'a duration is a span that setTimeout can wait for, or refused',
  hostileText(['1h', '30m', '5s', '7ms', '0', '.', 'none', '-', 'e9']),
  (text) => {
    const ms = refusesAtMost(() => parseDuration(text, '--timeout'));
    if (ms === undefined) return;
    assert.ok(ms === Number.POSITIVE_INFINITY || (Number.isInteger(ms) && ms >= 1 && ms < 2 ** 31), `${text}: ${ms}`);
    assertSafe(formatDuration(ms));
  },
);

property('a task id is digits, or refused', hostileText(['9223372036854775807', '1', '0', '１', '\n', '-']), (text) => {
  if (refusesAtMost(() => parseTaskId(text))) assert.equal(String(BigInt(text)), text);
});

property(
  'ids on standard input are digits, each once, or refused',
  hostileText([
    '1\n',
    '2\r\n',
    '# c\n',
    '{"id":"3"}\n',
    '{"id":4}\n',
    '{"id":{}}\n',
    '{"id":null}',
    '{"tasks":[{"id":"5"}]}',
    '"\\"',
    '[',
    ']',
    ',',
    '\t',
    '{',
    '\ufeff',
    ' ',
  ]),
  (text) => {
    const parse = (...pieces: string[]) => {
      const parser = new TaskIdParser();
      for (const piece of pieces) parser.push(piece);
      parser.end();
      return [...parser.ids];
    };
    const ids = refusesAtMost(() => parse(text)) ?? [];
    for (const id of ids) assert.match(id, /^[1-9]\d{0,18}$/);
    // However the text is cut, it says the same.
    assert.deepEqual(refusesAtMost(() => parse(...text)) ?? [], ids);
  },
);

property(
  'a script plays, or is refused',
  hostileText([
    '0',
    '1x3',
    '2',
    ',',
    ';',
    '7=',
    'throttle(2s)',
    'hang',
    ':30s',
    '500',
    '(',
    ')',
    'slow(0)',
    '__proto__',
  ]),
  (text) => {
    const script = refusesAtMost(() => parseScript(text));
    const player = script && new Player(script);
    for (let poll = 0; poll < 20 && player; poll++) assert.ok(player.next('7', NOW + poll * 1000).kind);
  },
);

property(
  'a setting is what its kind allows, or refused; an endpoint is fit for a shell',
  fc.dictionary(
    fc.constantFrom(...settingNames),
    hostileText([
      'cn-beijing',
      'http://',
      'https://',
      'h',
      ':80',
      '/',
      '[::1]',
      '$(id)',
      '`',
      '"',
      'json',
      '10s',
      '3',
      '中国',
    ]),
  ),
  (flags) => {
    const values = refusesAtMost(() => resolveSettings(flags, {}, undefined))?.values;
    if (values) assert.match(serviceOrigin(values), /^https?:\/\/[\w.:[\]-]+$/);
  },
);

property(
  'a query answers or is refused',
  hostileText(['tasks', '[]', '[0]', '.id', '`1`', '|', '@', 'length(', ')', '&', "'", '"', '*', '[?', '==']),
  async (text) => {
    // A parser whose depth grows with its input is the library's; what a shell can pass is what counts.
    const query = await compileQuery(text.slice(0, 2000)).catch(
      (error: unknown) =>
        void refusesAtMost(() => {
          throw error;
        }),
    );
    if (query) refusesAtMost(() => query({ tasks: [{ id: '1', status: 2 }] }));
  },
);

const json = fc.oneof(
  fc.json(),
  fc
    .dictionary(
      fc.constantFrom('Status', 'status', 'Code', 'Message', 'RequestId', '__proto__', 'constructor'),
      fc.jsonValue(),
    )
    .map((value) => JSON.stringify(value)),
  hostileText(['{"Status":', '2', '}', '[', ']', '"', '\\u0000', ',', 'null', '1e400', '\ufeff']),
);
const xml = hostileText([
  '<r>',
  '</r>',
  '<Status>',
  '</Status>',
  '2',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<?xml ',
  '?>',
  '<!DOCTYPE r [',
  '<!ENTITY a "b">',
  ']>',
  '&a;',
  '&#x1b;',
  '&#99999999;',
  '&lt;',
  '<a b="c"/>',
  '<__proto__>',
  '</__proto__>',
  '<n:Status xmlns:n="u">',
  '<constructor/>',
]);
const headers = fc.dictionary(
  fc.constantFrom(
    'x-acs-retry-after',
    'retry-after',
    'x-ratelimit-user',
    'x-ratelimit-user-api',
    'date',
    'age',
    'content-type',
    'x-acs-request-id',
  ),
  fc.oneof(
    fc.string({ unit: codePoint }),
    hostileText(['Remain:0', 'TimeLeft:', ',', '1', '-1', 'Mon, 13 Mar 2023 08:34:40 GMT', 'Limit:1']),
  ),
);
const body = fc.oneof(json, xml).map((text) => new TextEncoder().encode(text));

property(
  'an answer is a status or a failure whose every text is fit for a terminal',
  fc.record({
    status: fc.integer({ min: 200, max: 999 }),
    headers,
    body: fc.oneof(body, fc.uint8Array({ maxLength: 500 })),
  }),
  async (response) => {
    const reply = await readTaskStatus(response, NOW);
    if (reply.ok) {
      assert.ok(Number.isSafeInteger(reply.result.status));
      return assertSafe(`${reply.result.requestId}`);
    }
    const { code, message, requestId, recommend, serverDelayMs, serverTime } = reply.failure;
    assert.notEqual(code, '');
    for (const text of [code, message, requestId ?? '', recommend ?? '']) {
      assertSafe(text);
      assert.ok(text.length <= 500);
    }
    assert.ok(serverDelayMs === undefined || serverDelayMs > 0);
    assert.ok(serverTime === undefined || Number.isFinite(serverTime));
  },
  { runs: 1000, share: 0.3 },
);

const directory = join(temporaryDirectory(), 'fuzz');
mkdirSync(directory);
const store = createStore({ directory });

property(
  'a config file is profiles of texts, or refused',
  fc.oneof(
    json,
    fc
      .record({
        current: fc.jsonValue(),
        profiles: fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.string()))),
      })
      .map((value) => JSON.stringify(value)),
    fc.string({ unit: codePoint }),
  ),
  (text) => {
    writeFileSync(store.path, text);
    const config = refusesAtMost(() => store.read());
    if (!config) return;
    assert.equal(typeof config.current, 'string');
    for (const value of Object.values(config.profiles).flatMap((profile) => Object.values(profile)))
      assert.equal(typeof value, 'string');
  },
);

property(
  'visible() is safe, and the same when applied twice; jsonText() keeps the truth',
  fc.string({ unit: codePoint, maxLength: 200 }),
  (text) => {
    assertSafe(visible(text));
    assert.doesNotMatch(visible(text), /^\s*::[a-z-]/i);
    assert.equal(visible(visible(text)), visible(text));
    assertSafe(jsonText(text));
    assert.equal(JSON.parse(jsonText(text)), text);
  },
);
