import { spawn } from 'node:child_process';

/**
 * Runs a command in the user's shell with `env` added to the environment and `input` on its standard input; its output goes to
 * our stderr. Resolves with its exit code, null if a signal ended it or it could not start. On abort nothing waits for it.
 */
export function execute(
  command: string,
  env: Readonly<Record<string, string>>,
  input: string,
  signal: AbortSignal,
): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['pipe', 2, 'inherit'], env: { ...process.env, ...env } });
    // A command that does not read its input closes it: no error of ours.
    child.stdin?.on('error', () => {}).end(input);
    signal.addEventListener('abort', () => child.unref(), { once: true });
    child.on('error', () => resolve(null)).on('close', (code) => resolve(code));
  });
}
