import assert from 'node:assert/strict';
import fc from 'fast-check';
import { commandsBelow } from '../../scripts/man.ts';
import { run } from '../../src/cli.ts';
import { en } from '../../src/locales/en/messages.ts';
import { fakeDeps, piped } from '../support/deps.ts';
import { assertSafe, codePoint, hostileText, property } from '../support/fuzz.ts';
import { testKey } from '../support/mmai.ts';
import { commandTree } from '../support/tree.ts';

const tree = await commandTree(fakeDeps());
// A sandbox runs until it is stopped.
const commands = commandsBelow(tree).filter(({ path }) => path !== 'sandbox');
const flags = [tree, ...commands.map(({ command }) => command)].flatMap(({ options }) =>
  options.flatMap(({ long, short }) => [long, short]),
);
const FLAGS = [...new Set([...flags, '--help', '-h', '--nope'])].filter((flag) => flag !== undefined);
const WORDS = [
  ...new Set(commands.flatMap(({ path, command }) => [...path.split(' '), ...command.aliases()])),
  ...'help nope region access-key-secret default 1 2 9223372036854775807 0 - -- --- cn-beijing json ndjson'.split(' '),
  ...'http://127.0.0.1:1 xml tsv raw text zh en 10s 1ms none auto 3 tasks[].id 0,1,2 500,2 curl node'.split(' '),
  ...['@last', '__proto__', 'constructor'],
];
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 4, arbitrary: fc.constantFrom(...FLAGS) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...FLAGS), fc.string({ unit: codePoint })).map((pair) => pair.join('=')),
  },
  { weight: 1, arbitrary: hostileText(['::error::', '\u001b[2J', '\u202e', '1', '-', '=']) },
);
const paths = commands.map(({ path }) => path.split(' '));
const command = fc.constantFrom([], ...paths, ['status', '1'], ['watch', '1'], ['result', '1']);
const argv = fc.tuple(command, fc.array(word, { maxLength: 7 })).map(([start, rest]) => [...start, ...rest]);
const KNOWN = Object.keys(en.exitCodes).map(Number);

property(
  'any command line ends with an exit code of the table, no bug, and nothing unfit for a terminal',
  fc.record({ argv, input: hostileText(['1\n', '2\n', '# x\n', '{"id":"3"}\n']) }),
  async ({ argv, input }) => {
    const env = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: testKey.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: testKey.accessKeySecret,
    };
    const world = fakeDeps({ env, stdin: piped(input) });
    const code = await run(argv, world);
    assert.ok(KNOWN.includes(code) || argv.some((one) => one.startsWith('--timeout-exit-code')), `exit ${code}`);
    assert.notEqual(code, 70, world.stderr.text());
    assertSafe(world.stdout.text() + world.stderr.text());
    if (argv.some((one) => one.startsWith('--reveal'))) return;
    assert.doesNotMatch(world.stdout.text() + world.stderr.text(), new RegExp(testKey.accessKeySecret));
  },
  { runs: 400, share: 0.9 },
);
