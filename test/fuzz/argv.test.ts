import assert from 'node:assert/strict';
import fc from 'fast-check';
import { run } from '../../src/cli.ts';
import { en } from '../../src/locales/en/messages.ts';
import { fakeDeps, piped } from '../support/deps.ts';
import { assertSafe, hostileText, property } from '../support/fuzz.ts';
import { testKey } from '../support/mmai.ts';

const FLAGS =
  '--profile --region --endpoint --format --signature --method --request-timeout --retries --ca-file -o --output --json --query -q --lang --color --debug --dry-run --simulate --raw --exit-status --timeout -i --interval --max-interval --any --count --fail-fast --error-budget --not-found-grace --queue-timeout --stall-timeout --max-rps --timeout-exit-code --heartbeat --progress --exec --annotations --junit --notify --reveal --show-origin --help -h --version -V --nope';
const WORDS =
  'status watch wait config init set get list unset path use profiles help nope region access-key-secret default 1 2 9223372036854775807 0 - -- --- cn-beijing http://127.0.0.1:1 json ndjson xml tsv raw text zh en 10s 1ms none auto 3 1 tasks[].id 0,1,2 500,2 curl node __proto__ constructor';
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WORDS.split(' ')) },
  { weight: 4, arbitrary: fc.constantFrom(...FLAGS.split(' ')) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...FLAGS.split(' ')), fc.string({ unit: 'binary' }))
      .map((pair) => pair.join('=')),
  },
  { weight: 1, arbitrary: hostileText(['::error::', '\u001b[2J', '\u202e', '1', '-', '=']) },
);
const command = fc.constantFrom(
  [],
  ['status'],
  ['watch'],
  ['status', '1'],
  ['watch', '1'],
  ['config', 'set'],
  ['config', 'list'],
);
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
