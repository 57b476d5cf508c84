import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { env, HOME, shell } from './support/bash-script.ts';
import { bin } from './support/mmai.ts';

describe('a report in the place of standard output', { concurrency: 2 }, () => {
  for (const name of ['same.txt', './same.txt', 'link', '//dev/stdout']) {
    it(`is refused before the first request, and the answer is not overwritten: --junit ${name}`, async () => {
      const output = await shell(
        `ln -sf /dev/stdout link; mmai watch 1 --simulate 2 --junit ${name} > same.txt; echo "exit $?"; cat same.txt`,
      );
      assert.match(output, /^error: --junit: expected the path of a file; .*\nexit 2\n$/);
    });
  }

  for (const [name, log] of [
    ['log.txt', 'log.txt'],
    ['/dev/stderr', 'other.txt'],
  ]) {
    it(`is refused in the place of standard error's file, too: --junit ${name}`, async () => {
      const output = await shell(`mmai watch 1 --simulate 2 --junit ${name} 2> ${log}; echo "exit $?"; cat ${log}`);
      assert.match(output, /^exit 2\nerror: --junit: expected the path of a file; .*\n$/);
    });
  }

  it('is as good as none where both go to /dev/null', async () => {
    const output = await shell('mmai watch 1 --simulate 2 -q --junit /dev/null > /dev/null; echo "exit $?"');
    assert.equal(output, 'exit 0\n');
  });
});

describe('exit code 74: standard output could not be written', { concurrency: 2 }, () => {
  it('a limit on file sizes cuts the document short', async () => {
    const output = await shell(`(ulimit -f 16; mmai status $(seq 1 400) --json --simulate 2 > f); echo "exit $?"`);
    assert.match(output, /^error: cannot write to standard output: EFBIG\nhint: .*\nexit 74\n$/m);
  });

  it('a file that may not grow takes half of the version', async () => {
    const output = await shell('(ulimit -f 1; head -c 1021 /dev/zero > v; mmai --version >> v); echo "exit $?"');
    assert.match(output, /^error: cannot write to standard output: EFBIG\nhint: .*\nexit 74\n$/);
  });

  it('a file system that says only at the end that it has no room, as NFS does', async () => {
    writeFileSync(
      join(HOME, 'nfs.cjs'),
      `const fs = require('node:fs');
      const { closeSync, openSync } = fs;
      let again;
      fs.openSync = (path, ...rest) => {
        const fd = openSync(path, ...rest);
        if (path === '/dev/fd/1') again = fd;
        return fd;
      };
      fs.closeSync = (fd) => {
        closeSync(fd);
        if (fd === again) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      };`,
    );
    const output = await shell(`mmai status 1 --simulate 2 > f; echo "exit $?"`, {
      NODE_OPTIONS: '--require ./nfs.cjs',
    });
    assert.match(output, /^error: cannot write to standard output: ENOSPC\nhint: .*\nexit 74\n$/m);
  });

  it('standard output keeps its descriptor until the end, whatever is opened after the answer', async () => {
    const output = await shell(`mmai watch 1 --simulate 2 -q --json > f; echo "exit $?"`, { MMAI_NO_CACHE: '1' });
    assert.equal(output, 'exit 0\n');
  });

  for (const args of ['status 1 --simulate 2', 'watch 1 --simulate 2 -q -o ndjson', 'explain 74', '--help', '-V']) {
    it(`mmai ${args} > /dev/full`, async () => {
      const output = await shell(`mmai ${args} > /dev/full; echo "exit $?"`);
      assert.match(output, /^error: cannot write to standard output: ENOSPC\nhint: .*\nexit 74\n$/);
    });
  }

  for (const args of ['status x', 'watch --nope', '']) {
    it(`not where nothing is written to it: mmai ${args} > /dev/full`, async () => {
      assert.match(await shell(`mmai ${args} > /dev/full; echo "exit $?"`), /\nexit 2\n$/);
    });
  }

  for (const [redirection, code] of [
    ['> /dev/full', 74],
    ['| true', 141],
  ] as const) {
    it(`the outputs for later steps of a CI have the exit code of the process: mmai watch ${redirection}`, async () => {
      const output = await shell(
        `mmai watch 1 --simulate 0,2 -q ${redirection}; echo "exit \${PIPESTATUS[0]}"; cat out${code}`,
        { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: join(HOME, `out${code}`) },
      );
      assert.match(output, new RegExp(`^exit ${code}\nexit-code=${code}\noutcome=met$`, 'm'));
    });
  }

  it('is told in the language of the user', async () => {
    const output = await shell('mmai status 1 --simulate 2 --lang zh > /dev/full; echo "exit $?"');
    assert.match(output, /^错误：标准输出写入失败：ENOSPC（磁盘空间不足）\n.*\nexit 74\n$/);
  });

  it('standard error is written to again once its file has room', async () => {
    const output = await shell(`head -c 1024 /dev/zero > rotated
      (ulimit -f 1; mmai watch 1 --simulate 2 --exec ': > rotated; exit 3' 2>> rotated); tail -1 rotated`);
    assert.match(output, /\nwarning: the --exec command for task 1 exited with code 3\n$/);
  });

  it('a full disk of standard error alone costs no result', async () => {
    const output = await shell('mmai status 1 --simulate 404 --json 2> /dev/full; echo "exit $?"');
    assert.match(output, /"exitCode": 5[\s\S]*\nexit 5\n$/);
  });
});

describe('standard error whose reader is gone', { concurrency: 2 }, () => {
  it('costs no result: the outcome and its exit code are those of the tasks', async () => {
    const wait = ['watch', '1', '2', '--simulate', '1x2,3', '--interval', '500ms', '--debug', '-o', 'tsv'];
    const child = spawn(process.execPath, [bin, ...wait], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    // It has begun to write there, and goes on to.
    await once(child.stderr, 'data');
    child.stderr.destroy();
    assert.deepEqual(await once(child, 'close'), [1, null]);
    assert.equal(output, '1\tfailed\t3\n2\tfailed\t3\n');
  });

  it('ends a wait where standard output goes there too', async () => {
    const output = await shell('mmai watch 1 --simulate 1 --debug 2>&1 | true; echo "exit $PIPESTATUS"');
    assert.equal(output, 'exit 141\n');
  });
});
