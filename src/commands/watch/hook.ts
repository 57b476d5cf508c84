import type { ResultEvent } from '../../core/wait/events.ts';
import type { CommandDeps } from '../../deps.ts';
import { usageError } from '../../errors.ts';
import type { HookEnd } from '../../io/command.ts';
import { formatDuration, parseDuration } from '../../text/duration.ts';
import { jsonText } from '../../text/safe-text.ts';
import { EXEC_TIMEOUT, type WatchOptions } from './watch-options.ts';

const CONCURRENCY = 8;
/** Commands that take longer than this after the end of the wait are named, in ms. */
const NOTICE_MS = 1000;
/** Of commands that are waited for, and of those that failed. */
const MAX_NAMED = 10;
/** cmd.exe replaces %MMAI_REQUEST_ID% before it looks for & and |, so the service must not be able to send these. The event has it. */
const REQUEST_ID = /^[\w.:-]+$/;

interface HookOptions {
  readonly command: string;
  readonly timeoutMs: number;
  readonly isQuiet: boolean;
}

/** Throws a usage error. Undefined without `--exec`: then nothing runs. */
export function parseHookOptions({ exec, execTimeout, quiet }: WatchOptions): HookOptions | undefined {
  if (exec?.trim() === '') throw usageError((m) => m.watch.noCommand);
  if (exec === undefined && execTimeout !== undefined) {
    throw usageError((m) => m.watch.noEffect('--exec-timeout', '--exec'));
  }
  const timeoutMs = parseDuration(execTimeout ?? EXEC_TIMEOUT, '--exec-timeout');
  return exec === undefined ? undefined : { command: exec, timeoutMs, isQuiet: quiet === true };
}

/**
 * `--exec`: the command is run for each task that ends, with the task in its environment and the event on its standard input. Its
 * output goes to stderr, since stdout is the answer; if it fails that is warned about, for the exit code is that of the tasks.
 */
export class Hook {
  readonly #options: HookOptions;
  readonly #deps: CommandDeps;
  readonly #stopped: Promise<void>;
  readonly #waiting: { readonly event: ResultEvent; readonly written: object }[] = [];
  readonly #running = new Map<string, Promise<void>>();
  #failures = 0;

  constructor(options: HookOptions, deps: CommandDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#stopped = new Promise((resolve) => deps.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  ended(event: ResultEvent, written: object): void {
    this.#waiting.push({ event, written });
    this.#startNext();
  }

  /** Resolves when every command has ended, or the run is stopped. Says which tasks' commands it waits for if that lasts. */
  async settled(): Promise<void> {
    const { signal, clock, messages } = this.#deps;
    const noNotice = new AbortController();
    const ended = this.#allEnded().finally(() => noNotice.abort());
    await clock.sleep(NOTICE_MS, noNotice.signal);
    if (this.#running.size > 0 && !signal.aborted) {
      const ids = [...this.#running.keys(), ...this.#waiting.map(({ event }) => event.id)];
      this.#write(messages.watch.waitingForHooks(ids.slice(0, MAX_NAMED), Math.max(0, ids.length - MAX_NAMED)));
    }
    await ended;
    const hidden = this.#failures - MAX_NAMED;
    if (hidden > 0) this.#write(messages.warning + messages.watch.moreHooksFailed(hidden));
  }

  async #allEnded(): Promise<void> {
    while (this.#running.size > 0 && !this.#deps.signal.aborted) {
      await Promise.race([...this.#running.values(), this.#stopped]);
    }
  }

  #startNext(): void {
    while (this.#running.size < CONCURRENCY && !this.#deps.signal.aborted) {
      const next = this.#waiting.shift();
      if (!next) return;
      const { id } = next.event;
      const ended = this.#run(next.event, next.written).finally(() => {
        this.#running.delete(id);
        this.#startNext();
      });
      this.#running.set(id, ended);
    }
  }

  async #run(event: ResultEvent, written: object): Promise<void> {
    const failure = await runHook(event, written, this.#options, this.#deps);
    if (failure === undefined) return;
    this.#failures += 1;
    // A misspelt command fails for every task.
    if (this.#failures <= MAX_NAMED) this.#write(this.#deps.messages.warning + failure);
  }

  #write(line: string): void {
    if (!this.#options.isQuiet) this.#deps.stderr.write(`${line}\n`);
  }
}

// --- internal ---

/** Runs the command for a task; what went wrong, if anything did. */
async function runHook(
  event: ResultEvent,
  written: object,
  { command, timeoutMs }: HookOptions,
  deps: CommandDeps,
): Promise<string | undefined> {
  const { id, state, status, outcome, durationMs, requestId } = event;
  const env = {
    MMAI_TASK_ID: id,
    MMAI_STATE: state,
    MMAI_STATUS: status === null ? '' : String(status),
    MMAI_OUTCOME: outcome,
    MMAI_DURATION_MS: String(durationMs),
    MMAI_REQUEST_ID: requestId && REQUEST_ID.test(requestId) ? requestId : '',
  };
  const end = await deps.runHook(command, env, `${jsonText(written)}\n`, timeoutMs);
  if (end.how === 'stopped' || (end.how === 'exited' && end.exitCode === 0)) return undefined;
  return deps.messages.watch.hookEnds[end.how](id, detail(end, timeoutMs));
}

function detail(end: HookEnd, timeoutMs: number): string {
  if (end.how === 'timeout') return formatDuration(timeoutMs);
  if (end.how === 'notStarted') return end.code;
  return end.how === 'exited' ? String(end.exitCode) : '';
}
