import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeText } from '../../../src/core/input/decode.ts';
import { TaskIdParser } from '../../../src/core/input/task-id-parser.ts';

/** The ids of a text, which are the same however it is cut into pieces. */
function idsOf(text: string): string[] {
  const parse = (pieces: Iterable<string>) => {
    const parser = new TaskIdParser();
    for (const piece of pieces) parser.push(piece);
    parser.end();
    return [...parser.ids];
  };
  const ids = parse([text]);
  assert.deepEqual(parse(text), ids);
  return ids;
}

const refused = (text: string, message: RegExp) =>
  assert.throws(() => idsOf(text), { name: 'MmaiError', exitCode: 2, message });

describe('task ids in text', () => {
  const forms: [string, string, string[]][] = [
    ['one on a line', '1\n2\n3', ['1', '2', '3']],
    ['CRLF, blank lines, comments, byte order marks', '\ufeff1\r\n\r\n# all\n 2 # two\n\ufeff3\r\n', ['1', '2', '3']],
    ['each once', '3\n1\n3\n', ['3', '1']],
    ['the first column of TSV', '5\tsucceeded\t2\n6\tunknown\t\n', ['5', '6']],
    ['the first column of a table for people', '5   succeeded  2  R-1\n66  执行中     1  -\n', ['5', '66']],
    [
      'the answer of CreateLabelTask',
      '{\n\t"Code": "OK",\n\t"RequestId": "7CAB",\n\t"TaskId": 400000\n}\n',
      ['400000'],
    ],
    ['a number past 2^53, digit by digit', '{"TaskId":9007199254740993}', ['9007199254740993']],
    ['NDJSON', '{"id":"7"}\n{"taskId":8}\n{"TaskId":"9"}', ['7', '8', '9']],
    ['records with an id of their own', '{"id":"job-a","TaskId":400000}\n{"taskId":"8","id":17}', ['400000', '8']],
    ['several documents on a line', '{"id":1}{"id":2} [3]', ['1', '2', '3']],
    ['documents among lines', '20\n{"taskId":"30"}\n40', ['20', '30', '40']],
    ['a document of mmai', '{"tasks":[{"id":"1","error":{"id":"x"}},{"id":"2"}],"summary":{"id":3}}', ['1', '2']],
    ['tasks in the spelling of the service', '{"Tasks":[{"TaskId":1,"Status":2}]}', ['1']],
    ['arrays of documents and of lists', '[{"id":1},{"tasks":[{"id":"2"}]},[{"TaskId":3}]]', ['1', '2', '3']],
    ['arrays of ids', '["1",2]\n"3"', ['1', '2', '3']],
    [
      'the event that begins a wait, and names the tasks that it never checked, too',
      '{"v":"1.0","type":"start","seq":2,"ids":["5","6"],"need":2}\n{"v":"1.0","type":"state","seq":3,"id":"5"}\n',
      ['5', '6'],
    ],
    ['ids of something else, which are no tasks', '{"TaskId":1,"ids":["x",2]}', ['1']],
    [
      'events of mmai, those without an id passed over',
      '{"v":"1.0","type":"version","seq":1}\n{"v":"1.0","type":"heartbeat","seq":9,"pending":1}\n{"id":"7"}',
      ['7'],
    ],
    ['a document that ended early', '{"tasks":[],"error":{},"summary":{}}', []],
    ['names in escapes', '{"\\u0069d":"1","x":"\\\\\\"{"}', ['1']],
    ['nothing', ' \n\t\r\n', []],
  ];
  for (const [name, text, ids] of forms) it(`are found in ${name}`, () => assert.deepEqual(idsOf(text), ids));

  const bad: [string, string, RegExp][] = [
    ['a line', '1\n\nx2\n', /line 3 of standard input: "x2" is not a valid task ID/],
    [
      'a record of several lines',
      '{\n"TaskId": "x2",\n"State": 1\n}\n',
      /line 2 of standard input: "x2" is not a valid task ID/,
    ],
    ['two ids on a line', '1 2', /line 1.*"1 2"/],
    ['a line of two long columns that are no table', '1  2', /line 1.*"1 {2}2"/],
    [
      'an object without an id',
      '1\n{"Code":"OK",\n"RequestId":"7"}\n',
      /line 3.*no task ID.*id, TaskId, taskId, tasks\[\]\.id, Tasks\[\]\.TaskId\)$/,
    ],
    ['an object among the tasks without an id', '{"tasks":[{"name":"x"}]}', /no task ID/],
    ['a plan of --dry-run, whose tasks are a number', '{"tasks":5}', /no task ID/],
    ['a number that is rounded', '{"id":9.007199254740993e15}', /"9\.007199254740993e15"/],
    ['no id at all', '{"id":null}', /"null"/],
    ['JSON that ends early', '1\n{"id":1,\n', /line 3.*the JSON is incomplete/],
    ['JSON with a mistake', '{"id" 1}', /line 1.*invalid JSON near "1}"/],
    ['a trailing comma', '{"id":1,}', /invalid JSON/],
    ['a progress line', '[+00:01] 1 running', /invalid JSON near "\+00:01\]/],
    ['an object that never ends', '['.repeat(100_000), /invalid JSON/],
    ['a line of 50 MB', 'x'.repeat(50_000_000).slice(0, 100_000), /^line 1.{120,200}$/],
  ];
  for (const [name, text, message] of bad) it(`are refused: ${name}`, () => refused(text, message));

  it('end with the first bad line, whatever follows', () => {
    const parser = new TaskIdParser();
    assert.throws(() => parser.push(`1\nx\n${'2\n'.repeat(10)}`), /line 2/);
  });

  it('may not be without end', () => {
    const parser = new TaskIdParser();
    const text = '123\n'.repeat(100_000);
    assert.throws(
      () => {
        for (let piece = 0; piece < 21; piece++) parser.push(text);
      },
      { exitCode: 2, message: /more than 2000000 task IDs/ },
    );
  });

  it('hold neither a long line nor a long comment in memory', () => {
    const parser = new TaskIdParser();
    parser.push(`7\t${'x'.repeat(10_000)}`);
    for (let piece = 0; piece < 50; piece++) parser.push('x'.repeat(1_000_000));
    parser.push('\n8 #');
    parser.push(`${'y'.repeat(100_000)}\n9`);
    parser.end();
    assert.deepEqual([...parser.ids], ['7', '8', '9']);
  });
});

it('lines of blanks are read in a time that grows with their length only', () => {
  const parser = new TaskIdParser();
  // Quadratic, it would take longer than a test file may.
  for (let chunk = 0; chunk < 1250; chunk++) parser.push(`1${' '.repeat(4050)}\n`.repeat(16));
  parser.end();
  assert.deepEqual([...parser.ids], ['1']);
});

describe('the encoding of standard input', () => {
  const text = '1\r\n{"id":"22"}';
  const utf16 = (mark: boolean) => Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
  const encodings: [string, Buffer][] = [
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, as PowerShell 5 writes it', utf16(true)],
    ['UTF-16 without a byte order mark', utf16(false)],
    ['big-endian UTF-16', Buffer.from(utf16(true)).swap16()],
  ];
  for (const [name, bytes] of encodings) {
    for (const size of [1, 3, 1000]) {
      it(`may be ${name}, in pieces of ${size}`, async () => {
        const pieces = async function* () {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        };
        let decoded = '';
        for await (const piece of decodeText(pieces())) decoded += piece;
        assert.equal(decoded, text);
      });
    }
  }
});
