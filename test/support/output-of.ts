import { spawn } from 'node:child_process';

/** What a program writes to both outputs. */
export function outputOf(command: string, args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH ?? '', ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve) => child.on('close', () => resolve(output)));
}
