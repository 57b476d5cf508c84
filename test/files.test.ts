import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mmai, temporaryDirectory } from './support/mmai.ts';

/** A named pipe whose both ends are open, so that neither reading nor writing it ends by itself. */
function openPipe(path: string): number {
  execFileSync('mkfifo', [path]);
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
}

describe('files that never end', { concurrency: 2 }, () => {
  it('as config.json are a warning in the default place, and an error in a named one', async () => {
    const home = temporaryDirectory();
    const directory = join(home, '.config', 'mmai');
    mkdirSync(directory, { recursive: true });
    const descriptor = openPipe(join(directory, 'config.json'));
    const key = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };
    const usual = await mmai(['config', 'list'], { env: { ...key, HOME: home, MMAI_CONFIG_DIR: '' } });
    assert.equal(usual.code, 0);
    assert.match(usual.stderr, /^warning: .*config\.json: EINVAL.*\n$/);
    const named = await mmai(['config', 'list'], { env: { ...key, MMAI_CONFIG_DIR: directory } });
    assert.equal(named.code, 2);
    closeSync(descriptor);
  });

  it('as a report let a signal through, and cost no outcome where nobody reads', async () => {
    const folder = temporaryDirectory();
    const path = join(folder, 'read-by-nobody');
    execFileSync('mkfifo', [path]);
    const { code, stderr } = await mmai(['watch', '1', '--simulate', '2', '--junit', path]);
    assert.equal(code, 0);
    assert.match(stderr, /warning: cannot write .*ENXIO/);
    const held = join(folder, 'held');
    const descriptor = openPipe(held);
    const ids = Array.from({ length: 2000 }, (_, index) => String(index + 1));
    const many = ['watch', ...ids, '--max-rps', 'none', '--simulate', '2', '-q', '-o', 'json', '--junit', held];
    // The answer stands on stdout before the reports are written.
    const ended = await mmai(many, { onOutput: (kill) => setTimeout(() => kill('SIGTERM'), 200) });
    assert.ok(ended.signal === 'SIGTERM' || ended.code === 143, JSON.stringify(ended));
    closeSync(descriptor);
  });
});

it('where no home can be made the program works, and says so only of what has to be saved', async () => {
  const env = { HOME: existsSync('/proc') ? '/proc/x' : '/dev/null/x', MMAI_CONFIG_DIR: '', XDG_CACHE_HOME: '' };
  assert.equal((await mmai(['--help'], { env })).code, 0);
  assert.deepEqual(await mmai(['complete', '--', 'status', ''], { env }).then(({ code, stderr }) => [code, stderr]), [
    0,
    '',
  ]);
  const { code, stderr } = await mmai(['config', 'set', 'region', 'cn-beijing'], { env });
  assert.equal(code, 2);
  assert.match(stderr, /^error: cannot write the config file .*: ENO(ENT|TDIR)\n$/);
});
