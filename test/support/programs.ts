import { spawn, spawnSync } from 'node:child_process';

/** Whether this machine has the program. */
export function has(program: string): boolean {
  return !spawnSync(program, ['--version'], { stdio: 'ignore' }).error;
}

/** Runs a program with `input` on its standard input; what it printed. */
export function run(
  program: string,
  args: string[],
  env: Record<string, string>,
  cwd: string,
  input = '',
): Promise<string> {
  const child = spawn(program, args, { env, cwd });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  // A shell may end before it has read all of it.
  child.stdin.on('error', () => {}).end(input);
  return new Promise((resolve, reject) => child.on('error', reject).on('close', () => resolve(stdout)));
}
