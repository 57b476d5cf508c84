import { ExitCode } from '../errors.ts';
import type { Style } from '../io/terminal/style.ts';
import type { checkEn } from '../locales/en/check.ts';
import type { Messages } from '../locales/en/messages.ts';
import { padded, widest } from '../text/width.ts';

export type CheckName = keyof typeof checkEn.steps;

/** One step of `config check`, in words that are safe to show. */
export interface CheckStep {
  readonly step: CheckName;
  readonly state: keyof typeof checkEn.states;
  readonly detail: string;
  /** How long it took; null where that means nothing. */
  readonly ms: number | null;
  /** What to do about it. */
  readonly hint: string | null;
  /** Of a failed step (specification §4). */
  readonly exitCode?: number;
}

/** The code of the first failed step. */
export function checkExitCode(steps: readonly CheckStep[]): number {
  return steps.find(({ state }) => state === 'failed')?.exitCode ?? ExitCode.ok;
}

/** The document of `--json`: the words of `step` and `state` are never translated. */
export function checkDocument(steps: readonly CheckStep[], clockOffsetMs: number | null): object {
  const exitCode = checkExitCode(steps);
  const rows = steps.map(({ step, state, detail, ms, hint }) => ({ step, state, detail, ms, hint }));
  return { ok: exitCode === ExitCode.ok, exitCode, clockOffsetMs, steps: rows };
}

/** A row per step: state, step, what was found, time; and what to do, below. */
export function checkTable(steps: readonly CheckStep[], style: Style, { check, hint, aside }: Messages): string {
  const stateWidth = widest(steps.map(({ state }) => check.states[state]));
  const stepWidth = widest(steps.map(({ step }) => check.steps[step]));
  const paint = {
    ok: (text: string) => style.state('succeeded', text),
    ...style,
    failed: style.error,
    absent: style.dim,
    skipped: style.dim,
  };
  return steps
    .map((row) => {
      const state = paint[row.state](padded(check.states[row.state], stateWidth));
      const time = row.ms === null ? '' : style.dim(aside(`${Math.round(row.ms)}ms`));
      const todo = row.hint ? `${' '.repeat(stateWidth + 2)}${hint}${row.hint}\n` : '';
      return `${`${state}  ${padded(check.steps[row.step], stepWidth)}  ${row.detail}`.trimEnd()}${time}\n${todo}`;
    })
    .join('');
}
