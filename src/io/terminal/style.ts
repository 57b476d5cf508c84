import type { Environment } from '../../core/config/settings.ts';
import type { TaskState } from '../../core/task.ts';
import { isSwitchedOn } from '../../text/switched-on.ts';

/** Colours by meaning; each function returns its text unchanged where colour is off. */
export interface Style {
  state(state: TaskState, text: string): string;
  error(text: string): string;
  warning(text: string): string;
  dim(text: string): string;
}

const same = (text: string) => text;
export const plainStyle: Style = { state: (_, text) => text, error: same, warning: same, dim: same };

/** `--color` beats NO_COLOR beats FORCE_COLOR and CLICOLOR_FORCE beats "is it a terminal" (and no dumb one). */
export function wantsColor(color: 'auto' | 'always' | 'never', env: Environment, isTerminal: boolean): boolean {
  if (color !== 'auto') return color === 'always';
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return isSwitchedOn(env.FORCE_COLOR);
  if (isSwitchedOn(env.CLICOLOR_FORCE)) return true;
  return isTerminal && env.TERM !== 'dumb' && env.CLICOLOR !== '0';
}

/** Colours through chalk, its only importer. */
export async function createStyle(): Promise<Style> {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const states = {
    submitting: chalk.cyan,
    running: chalk.blue,
    succeeded: chalk.green,
    failed: chalk.red,
    unknown: chalk.yellow,
  };
  return {
    state: (state, text) => states[state](text),
    error: (text) => chalk.red.bold(text),
    warning: (text) => chalk.yellow(text),
    dim: (text) => chalk.dim(text),
  };
}
