import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';
import './environment.ts';

export const bin = fileURLToPath(new URL('../../bin/mmai.cjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** Flags of Node's own. */
  readonly nodeFlags?: readonly string[];
  /** The working directory. */
  readonly cwd?: string;
  /** Another copy of the program. */
  readonly bin?: string;
  /** Called once with the first output on stdout, to send a signal from. */
  readonly onOutput?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** The same with the first output on stderr. */
  readonly onError?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** One for all test files: the compiled code of this build, which a user has from the second run on. */
export const cacheHome = join(tmpdir(), 'mmai-test-cache');

const temporary = mkdtempSync(join(tmpdir(), 'mmai-test-'));
// Some tests are another user, who has to get to what is theirs below it.
chmodSync(temporary, 0o711);
after(() => rmSync(temporary, { recursive: true, force: true }));
let paths = 0;
const home = temporaryDirectory();

/** Runs the real program with nothing of the tester's environment but the path. */
export function mmai(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    MMAI_CONFIG_DIR: join(home, 'none'),
    XDG_CACHE_HOME: cacheHome,
    // No test leaves this machine, and the metadata service would be another one.
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
    ...options.env,
  };
  const child = spawn(process.execPath, [...(options.nodeFlags ?? []), options.bin ?? bin, ...args], {
    env,
    cwd: options.cwd,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    if (stdout === '') options.onOutput?.((signal) => child.kill(signal));
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    if (stderr === '') options.onError?.((signal) => child.kill(signal));
    stderr += text;
  });
  child.stdin.on('error', () => {}).end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** A directory that goes when the test file ends. */
export function temporaryDirectory(): string {
  const path = temporaryPath();
  mkdirSync(path, { mode: 0o700 });
  return path;
}

/** The path of one that is not made yet. */
export function temporaryPath(): string {
  paths += 1;
  return join(temporary, String(paths));
}

export const testKey = { accessKeyId: 'test-key-id', accessKeySecret: 'test-key-secret' };

/** What the service is called by requests through a proxy. */
const SERVICE_HOST = 'multimediaai.cn-beijing.aliyuncs.com';

/** A sandbox with the test key, closed when the test file ends, and the environment that points mmai at it. */
export async function sandbox(options: Partial<SandboxOptions> = {}) {
  let ids = 0;
  const nextId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
  const server = await startSandbox({
    accessKeys: [testKey],
    hosts: [SERVICE_HOST],
    now: Date.now,
    nextId,
    ...options,
  });
  after(() => server.close());
  const env = {
    MMAI_ENDPOINT: server.url,
    ALIBABA_CLOUD_ACCESS_KEY_ID: testKey.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: testKey.accessKeySecret,
  };
  return { ...server, env };
}
