import type { ResultEvent } from '../../core/wait/events.ts';
import type { CommandDeps } from '../../deps.ts';
import { jsonText } from '../../text/safe-text.ts';

/** The most commands that run at once. */
const CONCURRENCY = 8;

/** The user's command, run for each task that ends. */
export interface Hook {
  ended(event: ResultEvent, told: object): void;
  /** Resolves when every command has ended, or the run is stopped. */
  settled(): Promise<void>;
}

/**
 * `--exec`: the command gets the task in its environment and the event on its standard input. Its output goes to stderr, since
 * stdout is the answer; if it fails that is warned about, for the exit code is that of the tasks.
 */
export function createHook(command: string | undefined, quiet: boolean, deps: CommandDeps): Hook {
  const { signal } = deps;
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const waiting: (() => Promise<void>)[] = [];
  const running = new Set<Promise<void>>();
  const startNext = () => {
    while (running.size < CONCURRENCY && !signal.aborted) {
      const next = waiting.shift();
      if (!next) return;
      const run: Promise<void> = next().finally(() => {
        running.delete(run);
        startNext();
      });
      running.add(run);
    }
  };
  return {
    ended(event, told) {
      if (command === undefined) return;
      waiting.push(() => runHook(command, event, told, quiet, deps));
      startNext();
    },
    async settled() {
      while (running.size > 0 && !signal.aborted) await Promise.race([...running, stopped]);
    },
  };
}

async function runHook(
  command: string,
  event: ResultEvent,
  told: object,
  quiet: boolean,
  deps: CommandDeps,
): Promise<void> {
  const { id, state, status, outcome, durationMs, requestId } = event;
  const env = {
    MMAI_TASK_ID: id,
    MMAI_STATE: state,
    MMAI_STATUS: status === null ? '' : String(status),
    MMAI_OUTCOME: outcome,
    MMAI_DURATION_MS: String(durationMs),
    MMAI_REQUEST_ID: requestId ?? '',
  };
  const exitCode = await deps.runHook(command, env, `${jsonText(told)}\n`);
  const { warning, watch } = deps.messages;
  if (exitCode !== 0 && !quiet) deps.stderr.write(`${warning}${watch.hookFailed(id, exitCode)}\n`);
}
