import { ExitCode } from '../errors.ts';
import type { Style } from '../io/terminal/style.ts';
import type { checkEn } from '../locales/en/check.ts';
import type { Messages } from '../locales/en/messages.ts';
import { aligned, displayWidth } from '../text/width.ts';

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
  /** Of a failed step. */
  readonly exitCode?: number;
}

/** The code of the first failed step. */
export function checkExitCode(steps: readonly CheckStep[]): number {
  return steps.find(({ state }) => state === 'failed')?.exitCode ?? ExitCode.ok;
}

/** The document of `--json`: the words of `step` and `state` are never translated. */
export function checkDocument(steps: readonly CheckStep[], clockOffsetMs: number | null, exitCode: number): object {
  const rows = steps.map(({ step, state, detail, ms, hint }) => ({
    step,
    state,
    detail,
    ms: ms && Number(ms.toFixed(1)),
    hint,
  }));
  return { ok: exitCode === ExitCode.ok, exitCode, clockOffsetMs, steps: rows };
}

/** A row per step: state, step, what was found, time; and what to do, below. */
export function checkTable(steps: readonly CheckStep[], style: Style, { check, hint, aside }: Messages): string {
  const rows = aligned(steps.map(({ state, step, detail }) => [check.states[state], check.steps[step], detail]));
  const paint = {
    ok: (text: string) => style.state('succeeded', text),
    warning: style.warning,
    failed: style.error,
    absent: style.dim,
    skipped: style.dim,
  };
  return steps
    .map((step, index) => {
      const [state = '', ...cells] = rows[index]!;
      const time = step.ms === null ? '' : style.dim(aside(`${Math.round(step.ms)}ms`));
      const todo = step.hint ? `${' '.repeat(displayWidth(state) + 2)}${hint}${step.hint}\n` : '';
      return `${[paint[step.state](state), ...cells].join('  ').trimEnd()}${time}\n${todo}`;
    })
    .join('');
}
