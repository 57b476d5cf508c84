// The built program as a user of Windows starts it, with the exit code and the output of each run: in CI on Windows, whose files have
// no modes and whose shells are not those of the other tests, and by wine.sh.
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { mkdtempSync, readFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

assert.equal(process.platform, 'win32');
const home = mkdtempSync(join(tmpdir(), 'mmai-'));
const env = {
  ...process.env,
  ...{ APPDATA: join(home, 'roaming'), LOCALAPPDATA: join(home, 'local'), USERPROFILE: home },
  ...{ HOMEDRIVE: '', HOMEPATH: '', MMAI_LANG: 'en', ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' },
};
let passed = 0;
let failed = 0;

/** Runs `mmai` and compares its exit code, and its standard output followed by its standard error. */
function check(args, exitCode, expected, input = '') {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [join(__dirname, '../bin/mmai.cjs'), ...args], {
    ...{ encoding: 'utf8', env, input, timeout: 60_000 },
  });
  const output = stdout + stderr;
  const isRight = status === exitCode && expected.test(output);
  if (isRight) passed += 1;
  else failed += 1;
  console.log(`${isRight ? 'ok' : 'not ok'}: mmai ${args.join(' ')}`);
  if (!isRight) console.log(`exit ${status} ${error ?? ''}\n${output}`);
}

check(['--version'], 0, /^\d+\.\d+\.\d+\n$/);
check(['--help'], 0, /^Usage: mmai/);
check(['status', '1', '--simulate', '2'], 0, /^1 {2}succeeded/);
check(['status', '1', '--simulate', '3', '--exit-status', '--lang', 'zh'], 1, /^1 {2}执行失败/);
check(['status', '-', '--simulate', '2', '-o', 'tsv'], 0, /^1\tsucceeded\t2\n2\tsucceeded\t2\n/, '\ufeff1\r\n2\r\n');
check(['watch', '1', '2', '--simulate', '1 2', '--interval', '100ms'], 0, /done after .*: 2 succeeded\n$/);
check(
  ['watch', '1', '--simulate', '1,1', '--timeout', '500ms'],
  124,
  /\n {2}mmai watch 1 --simulate "1,1" --timeout 500ms\n$/,
);
check(['watch', '1', '--simulate', '2', '--exec', 'echo task %MMAI_TASK_ID% %MMAI_STATE%'], 0, /task 1 succeeded/);
check(['watch', '1', '--simulate', '2', '--junit', join(home, 'junit.xml')], 0, /done/);
assert.match(readFileSync(join(home, 'junit.xml'), 'utf8'), /<testsuite/);
check(['config', 'path'], 0, /\\roaming\\mmai\\config\.json\n$/);
check(['config', 'set', 'access-key-id', 'an-id'], 0, /^/);
check(['config', 'set', 'access-key-secret'], 0, /^$/, 'a-secret\r\n');
check(['config', 'set', 'region', 'cn-shanghai'], 0, /^$/);
check(['config', 'get', 'region'], 0, /^cn-shanghai\n$/);
check(['config', 'list'], 0, /^access-key-id .*\naccess-key-secret {2}\*+\nregion {13}cn-shanghai\n/);
check(['status', '1', '--dry-run'], 0, /https:\/\/multimediaai\.cn-shanghai\.aliyuncs\.com/);
check(['config', 'unset', 'region'], 0, /^$/);
for (const shell of ['bash', 'zsh', 'fish', 'powershell']) check(['completion', shell], 0, /mmai/);
check(['sandbox', '--port', 'x'], 2, /^error: /);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
