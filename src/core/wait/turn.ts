import type { Watched } from './watched.ts';

/** A task whose turn it is: a poll in flight. Times are ms since the wait began. */
export class Turn {
  readonly task: Watched;
  readonly startedAt: number;
  /** When its request was sent: later where credentials had to be found, or other waits with the same client came first. */
  sentAt: number;
  /** It gets no further poll before the deadline, as it looks now. */
  isLast: boolean;
  /** What its poll may take: one that hangs leaves the last round all turns, but it may take what responses usually take. */
  readonly timeoutMs: number;
  /** The machine slept or the process was stopped meanwhile, so that it tells nothing of how long responses take. */
  isPaused = false;

  constructor(task: Watched, now: number, isLast: boolean, timeoutMs: number) {
    this.task = task;
    this.startedAt = now;
    this.sentAt = now;
    this.isLast = isLast;
    this.timeoutMs = timeoutMs;
  }

  sent(now: number): void {
    this.sentAt = now;
  }
}
