import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mmaiInProcess } from '../support/in-process.ts';

describe('a word of another program gets the word of mmai', () => {
  const meant: [string, string][] = [
    ['watch 1 --for=condition=done', '--until'],
    ['watch 1 --poll 5', '--interval'],
    ['watch 1 --max-wait 5', '--timeout'],
    ['status 1 --retry-count 3', '--retries'],
    ['status 1 --endpoint-url http://127.0.0.1:1', '--endpoint'],
    ['status 1 --timeout 5', '--request-timeout'],
    ['status 1 --no-verify-ssl', '--ca-file'],
    ['status 1 --exit-code', '--exit-status'],
    ['status 1 --no-color', '--color never'],
    ['status 1 -v', '--debug'],
    ['status 1 --TaskId=2', 'mmai status ID'],
    ['GetTaskStatus --TaskId 1', 'mmai status'],
    ['get-task-result', 'mmai result'],
    ['watch 1 --raw', 'mmai status ID --raw'],
    ['config list -o json', '--json'],
    ['config profiles --output json', '--json'],
    ['config set --output json', 'mmai config set output VALUE'],
    ['login', 'mmai config init'],
    ['doctor', 'mmai config check'],
    ['config view', 'list'],
    ['config rm work', 'delete'],
    ['config get-contexts', 'profiles'],
    ['config init --endpoint 127.0.0.1', 'mmai config set endpoint VALUE'],
    ['config set --region cn-shanghai', 'mmai config set region VALUE'],
    ['config set --access-key-id=canary', 'mmai config set access-key-id VALUE'],
    ['config set region=cn-shanghai', 'region VALUE'],
    ['config set access-key-secret=canary', 'access-key-secret VALUE'],
    ['--profile work', 'mmai COMMAND --profile'],
    ['--region=cn-shanghai 20', 'mmai COMMAND --region'],
    // The same word means another flag where the first is none.
    ['status 1 -p work', '--profile'],
    ['sandbox -p 8080', '--port'],
  ];
  for (const [line, expected] of meant) {
    it(`mmai ${line}: ${expected}`, async () => {
      const { code, stderr } = await mmaiInProcess(line.split(' '));
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`\nhint: did you mean "${expected}"\\?\n$`));
    });
  }

  for (const line of ['ls', 'list', 'list-tasks', 'ps', '--lang en history']) {
    it(`mmai ${line}: tasks cannot be listed`, async () => {
      const { code, stderr } = await mmaiInProcess(line.split(' '));
      assert.equal(code, 2);
      assert.match(stderr, /\nhint: the service cannot list tasks; .*"mmai status"/);
    });
  }

  it('fields behind --json, as of gh, are no task IDs: --query chooses them', async () => {
    for (const line of ['status 1 --json id,state', 'watch --json state 1', 'result 1 --json id']) {
      const { code, stderr } = await mmaiInProcess([...line.split(' '), '--simulate', '2']);
      assert.equal(code, 2);
      assert.match(stderr, /is not a valid task ID.*\nhint: --json takes no fields: choose them with --query/);
    }
  });

  it('fields behind --json are of no concern to a help', async () => {
    for (const line of ['status --json id --help', 'watch -h --json id']) {
      assert.equal((await mmaiInProcess(line.split(' '))).code, 0);
    }
  });

  const unknown = [
    'completion --jq x',
    'sandbox --exit-status',
    'watch 1 --wait',
    'lss',
    'config ps',
    'completion --shell bash',
  ];
  for (const line of unknown) {
    it(`no word that the command does not have: mmai ${line}`, async () => {
      const { stderr } = await mmaiInProcess(line.split(' '));
      assert.match(stderr, /\nhint: run "mmai [a-z ]*--help" to list the (options|commands)\n$/);
    });
  }
});
