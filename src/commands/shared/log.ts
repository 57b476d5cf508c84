import type { Output } from '../../deps.ts';

/** Characters that wait for a reader that takes none: those of a night would be hundreds of megabytes. */
const MAX_WAITING = 256 * 1024;

/** Writes lines; beyond `maxWaiting` characters it only counts them, and writes `leftOut` once the reader has taken the others. */
export function createLog(
  output: Output,
  leftOut: (lines: number) => string,
  maxWaiting = MAX_WAITING,
): (line: string) => void {
  let waiting = 0;
  let lost = 0;
  const onDrained = () => {
    if (lost > 0) output.write(`${leftOut(lost)}\n`);
    waiting = 0;
    lost = 0;
  };
  return (line) => {
    if (waiting >= maxWaiting) {
      lost += 1;
      return;
    }
    output.write(`${line}\n`);
    if (waiting === 0) void output.drained().then(onDrained);
    waiting += line.length + 1;
  };
}
