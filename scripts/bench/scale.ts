import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, ids, type Places } from './cases.ts';
import { type Program, type Run, run } from './measure.ts';

/** A wait for very many tasks. */
export interface Wait extends Run {
  readonly name: string;
}

export interface Scale {
  readonly waits: readonly Wait[];
  /** CPU of a poll in µs, by the number of tasks. */
  readonly pollUs: readonly { readonly tasks: number; readonly cpuUs: number }[];
  /** CPU of an ndjson event in µs: what a wait takes beyond one that prints tsv. */
  readonly eventUs: number;
  /** Of the process, for each task beyond 100. */
  readonly bytesPerTask: number;
}

/** Polls of each task in the shorter and in the longer wait, so that both have polled 2,000 times, if there are not more tasks. */
const POLLS: Readonly<Record<number, readonly [number, number]>> = { 10: [199, 999], 1000: [1, 11] };

/** Waits for `many` tasks, in the forms that differ, and for `most`, the number that has to fit into a heap of 1 GiB. */
export function scale(places: Places, many: number, most: number): Scale {
  const wait = (tasks: number, polls: number, form: string, more: Partial<Program> = {}): Wait => {
    const name = `${tasks.toLocaleString('en')} tasks, ${form}${more.readAfterS ? ', nobody reads' : ''}`;
    const flags = ['--max-rps', 'none', '--progress', 'none', '-q', '-o', form, '--timeout', '60m'];
    const fast = tasks <= 1000 ? ['--interval', '1ms'] : [];
    const command = ['node', '--max-old-space-size=1024', places.bin, 'watch', ...flags, ...fast];
    const output = join(places.work, 'answer');
    const one = run({ name, command, env: environment(places), input: ids(tasks, polls), output, ...more });
    checkAnswer(readFileSync(output), form, tasks);
    return { name, ...one };
  };
  const [tsv, json] = [wait(many, 0, 'tsv'), wait(many, 0, 'json')];
  const ndjson = wait(many, 0, 'ndjson');
  const unread = wait(many, 0, 'ndjson', { readAfterS: 3 });
  const most0 = wait(most, 0, 'tsv');
  const mostJson = wait(most, 0, 'json');
  const cpuOfPoll = (tasks: number): number => {
    const [few, more] = POLLS[tasks] ?? [0, 1];
    const short = tasks === many ? tsv : tasks === most ? most0 : wait(tasks, few, 'tsv');
    return ((wait(tasks, more, 'tsv').cpuMs - short.cpuMs) * 1000) / (tasks * (more - few));
  };
  const start = wait(100, 0, 'tsv');
  return {
    waits: [tsv, json, ndjson, unread, most0, mostJson],
    pollUs: [10, 1000, many, most].map((tasks) => ({ tasks, cpuUs: cpuOfPoll(tasks) })),
    // Two events a task: its state, and its result.
    eventUs: ((ndjson.cpuMs - tsv.cpuMs) * 1000) / (2 * many),
    bytesPerTask: ((most0.rssMib - start.rssMib) * 2 ** 20) / most,
  };
}

/** Throws unless the answer has every task. It may be longer than a string of V8's. */
function checkAnswer(answer: Buffer, form: string, tasks: number): void {
  const mark = { tsv: '\tsucceeded\t2\n', json: '"state": "succeeded"', ndjson: '"type":"result"' }[form]!;
  let found = 0;
  for (let at = answer.indexOf(mark); at >= 0; at = answer.indexOf(mark, at + 1)) found += 1;
  if (found !== tasks) throw new Error(`${found} of ${tasks} tasks are in the answer, ${form}`);
}
