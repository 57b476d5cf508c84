import type { ResultEvent } from '../../core/wait/events.ts';
import type { CommandDeps } from '../../deps.ts';
import type { HookEnd } from '../../io/command.ts';
import { formatDuration } from '../../text/duration.ts';
import { jsonText } from '../../text/safe-text.ts';

const CONCURRENCY = 8;
/** Commands that take longer than this after the end of the wait are named, in ms. */
const NOTICE_MS = 1000;
const MAX_NAMED = 10;
/** cmd.exe replaces %MMAI_REQUEST_ID% before it looks for & and |, so the service must not be able to send these. The event has it. */
const REQUEST_ID = /^[\w.:-]+$/;

/** The user's command, run for each task that ends. */
export interface Hook {
  ended(event: ResultEvent, written: object): void;
  /** Resolves when every command has ended, or the run is stopped. Says which tasks' commands it waits for if that lasts. */
  settled(): Promise<void>;
}

interface HookOptions {
  /** `--exec`; without one nothing runs. */
  readonly command: string | undefined;
  readonly timeoutMs: number;
  readonly isQuiet: boolean;
}

/**
 * `--exec`: the command gets the task in its environment and the event on its standard input. Its output goes to stderr, since
 * stdout is the answer; if it fails that is warned about, for the exit code is that of the tasks.
 */
export function createHook(options: HookOptions, deps: CommandDeps): Hook {
  const { signal, clock, messages, stderr } = deps;
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const waiting: (readonly [id: string, start: () => Promise<void>])[] = [];
  const running = new Map<string, Promise<void>>();
  const startNext = () => {
    while (running.size < CONCURRENCY && !signal.aborted) {
      const next = waiting.shift();
      if (!next) return;
      const [id, start] = next;
      const run = start().finally(() => {
        running.delete(id);
        startNext();
      });
      running.set(id, run);
    }
  };
  const allEnded = async () => {
    while (running.size > 0 && !signal.aborted) await Promise.race([...running.values(), stopped]);
  };
  return {
    ended(event, written) {
      if (options.command === undefined) return;
      waiting.push([event.id, () => runHook(event, written, options, deps)]);
      startNext();
    },
    async settled() {
      const noNotice = new AbortController();
      const ended = allEnded().finally(() => noNotice.abort());
      await clock.sleep(NOTICE_MS, noNotice.signal);
      if (running.size > 0 && !signal.aborted && !options.isQuiet) {
        const ids = [...running.keys(), ...waiting.map(([id]) => id)];
        stderr.write(
          `${messages.watch.waitingForHooks(ids.slice(0, MAX_NAMED), Math.max(0, ids.length - MAX_NAMED))}\n`,
        );
      }
      await ended;
    },
  };
}

// --- internal ---

async function runHook(
  event: ResultEvent,
  written: object,
  { command, timeoutMs, isQuiet }: HookOptions,
  deps: CommandDeps,
): Promise<void> {
  const { id, state, status, outcome, durationMs, requestId } = event;
  const env = {
    MMAI_TASK_ID: id,
    MMAI_STATE: state,
    MMAI_STATUS: status === null ? '' : String(status),
    MMAI_OUTCOME: outcome,
    MMAI_DURATION_MS: String(durationMs),
    MMAI_REQUEST_ID: requestId && REQUEST_ID.test(requestId) ? requestId : '',
  };
  const end = await deps.runHook(command!, env, `${jsonText(written)}\n`, timeoutMs);
  const { warning, watch } = deps.messages;
  if (isQuiet || end.how === 'stopped' || (end.how === 'exited' && end.exitCode === 0)) return;
  deps.stderr.write(`${warning}${watch.hookEnds[end.how](id, detail(end, timeoutMs))}\n`);
}

function detail(end: HookEnd, timeoutMs: number): string {
  if (end.how === 'timeout') return formatDuration(timeoutMs);
  if (end.how === 'notStarted') return end.code;
  return end.how === 'exited' ? String(end.exitCode) : '';
}
