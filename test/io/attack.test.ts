import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createStore } from '../../src/io/store.ts';
import { bin, temporaryDirectory } from '../support/mmai.ts';
import { killedWriter, writerProgram } from '../support/writer.ts';

/** `npm run fuzz` kills as often as the promise says; `npm test` a few times, at the same moments each time. */
const isLong = Boolean(process.env.MMAI_FUZZ_MINUTES);
const KILLS = isLong ? 1000 : 12;
const WRITERS = isLong ? 50 : 6;
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

async function storeWith(profiles: Record<string, Record<string, string>>) {
  const directory = join(temporaryDirectory(), 'mmai');
  const store = createStore({ directory });
  await store.update((config) => {
    config.profiles = profiles;
  });
  return { directory, store };
}

/** Runs as somebody whom permissions bind: root is not. */
async function unprivileged(action: () => Promise<void>): Promise<void> {
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('the config file under attack', () => {
  it(`loses no write and no profile to ${KILLS} writers that are killed`, { timeout: 1_200_000 }, async (t) => {
    const seed = Number(process.env.MMAI_FUZZ_SEED ?? (isLong ? Date.now() % 2 ** 31 : 1));
    t.diagnostic(`seed ${seed}`);
    const { directory, store } = await storeWith({ counter: { n: '0' }, other: { region: 'x'.repeat(5000) } });
    const program = await writerProgram();
    let random = seed;
    for (let kill = 0; kill < KILLS; kill++) {
      random = (random * 48_271 + 11) % (2 ** 31 - 1);
      const told = await killedWriter(program, directory, (random % 1000) / 50);
      const { counter, other } = store.read().profiles;
      const n = Number(counter?.n);
      // A write that was done, but not told any more, may be one ahead.
      assert.ok(n === told || n === told + 1, `kill ${kill}: told ${told}, found ${n}`);
      assert.equal(other?.region?.length, 5000);
      for (const name of readdirSync(directory)) assert.equal(statSync(join(directory, name)).mode & 0o077, 0, name);
      // As if the time had passed after which a dead lock is broken.
      rmSync(`${store.path}.lock`, { recursive: true, force: true });
    }
    await store.update(() => {});
    assert.deepEqual(readdirSync(directory), ['config.json'], 'nothing is left behind');
  });

  it(`loses nothing to ${WRITERS} processes at once`, { timeout: 120_000 }, async () => {
    const { directory, store } = await storeWith({});
    const names = Array.from({ length: WRITERS }, (_, index) => `p${index}`);
    const env = { ...process.env, MMAI_CONFIG_DIR: directory };
    await Promise.all(
      names.map((name) => exec(process.execPath, [bin, 'config', 'set', 'region', 'x', '--profile', name], env)),
    );
    assert.deepEqual(Object.keys(store.read().profiles).sort(), names.sort());
  });

  it('is as it was when the disk is full, which is said', async () => {
    const { directory, store } = await storeWith({ one: { 'access-key-id': 'x'.repeat(1500) }, two: { region: 'y' } });
    const before = readFileSync(store.path, 'utf8');
    const script = 'ulimit -f 1; exec "$0" "$1" config set region cn-beijing --profile three';
    const { code, stderr } = await exec('bash', ['-c', script, process.execPath, bin], {
      ...process.env,
      MMAI_CONFIG_DIR: directory,
    });
    assert.equal(code, 2);
    assert.match(stderr, /cannot write the config file .*config\.json: (ENOSPC|EFBIG)/);
    assert.equal(readFileSync(store.path, 'utf8'), before);
    assert.deepEqual(readdirSync(directory), ['config.json']);
  });

  it('is named when its directory is read-only, and stays as it was', async () => {
    const { directory, store } = await storeWith({ one: {} });
    const before = readFileSync(store.path, 'utf8');
    if (isRoot) for (const path of [join(directory, '..'), directory, store.path]) chownSync(path, NOBODY, NOBODY);
    // Something of another program's in it, or the directory would be closed and opened to its owner by us.
    writeFileSync(join(directory, 'other'), '');
    chmodSync(directory, 0o500);
    await unprivileged(async () => {
      await assert.rejects(
        store.update(() => {}),
        { exitCode: 2, message: /config\.json: EACCES/ },
      );
      assert.deepEqual(Object.keys(store.read().profiles), ['one']);
    });
    chmodSync(directory, 0o700);
    assert.equal(readFileSync(store.path, 'utf8'), before);
  });

  it('is named when it may not be read, and stays as it was', async () => {
    const { directory, store } = await storeWith({ one: {} });
    if (isRoot) for (const path of [join(directory, '..'), directory, store.path]) chownSync(path, NOBODY, NOBODY);
    chmodSync(store.path, 0);
    await unprivileged(async () => {
      assert.throws(() => store.read(), { exitCode: 2, message: /cannot read .*config\.json: EACCES/ });
      await assert.rejects(
        store.update(() => {}),
        { exitCode: 2, message: /config\.json: EACCES/ },
      );
    });
    chmodSync(store.path, 0o600);
    assert.deepEqual(Object.keys(store.read().profiles), ['one']);
  });

  it('is saved by root as the owner of a home, but not in a directory that anybody may have made', async () => {
    if (!isRoot) return;
    for (const [mode, refusal] of [
      [0o711, undefined],
      [0o1777, { exitCode: 2, message: /cannot write .*config\.json: EACCES/ }],
    ] as const) {
      const parent = temporaryDirectory();
      chmodSync(parent, mode);
      mkdirSync(join(parent, 'home'));
      chownSync(join(parent, 'home'), NOBODY, NOBODY);
      const store = createStore({ directory: join(parent, 'home', '.config', 'mmai') });
      const update = store.update(() => {});
      if (refusal) await assert.rejects(update, refusal);
      else await update;
      assert.equal(statSync(store.path, { throwIfNoEntry: false })?.uid, refusal ? undefined : NOBODY);
    }
  });

  it('stays its owner’s when root changes it', async () => {
    const { store } = await storeWith({ one: {} });
    const owner = isRoot ? NOBODY : process.getuid?.();
    if (isRoot) chownSync(store.path, NOBODY, NOBODY);
    await store.update((config) => {
      config.profiles.two = {};
    });
    const { uid, mode } = statSync(store.path);
    assert.deepEqual([uid, mode & 0o777], [owner, 0o600]);
  });

  it('is named when a link in its place leads in a circle or nowhere that can be written', async () => {
    const directory = join(temporaryDirectory(), 'mmai');
    mkdirSync(directory);
    const store = createStore({ directory });
    symlinkSync(store.path, store.path);
    assert.throws(() => store.read(), { exitCode: 2, message: /config\.json: ELOOP/ });
    await assert.rejects(
      store.update(() => {}),
      { exitCode: 2, message: /config\.json: ELOOP/ },
    );
  });

  it('is named when a file or a dangling link stands in place of its directory', async () => {
    const directory = join(temporaryDirectory(), 'mmai');
    const { path, update } = createStore({ directory });
    writeFileSync(directory, 'mine');
    await assert.rejects(
      update(() => {}),
      { exitCode: 2, message: /config\.json: (EEXIST|ENOTDIR)/ },
    );
    assert.equal(readFileSync(directory, 'utf8'), 'mine');
    rmSync(directory);
    symlinkSync(join(directory, '..', 'nowhere'), directory);
    await assert.rejects(
      update(() => {}),
      { exitCode: 2, message: /config\.json: E/ },
    );
    assert.equal(existsSync(path), false);
  });
});

function exec(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { env }, (_, __, stderr) => resolve({ code: child.exitCode, stderr }));
  });
}
