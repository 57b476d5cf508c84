import type { CallOptions, TaskReply, TaskResultReply } from '../client.ts';
import type { Clock } from '../clock.ts';
import type { ResultDetails, TaskId } from '../task.ts';
import type { AcceptorRules } from './acceptor.ts';

/** Spans in ms; Infinity means no limit. */
export interface WaiterOptions extends AcceptorRules {
  readonly ids: readonly TaskId[];
  readonly mode: 'all' | 'any' | 'count';
  /** The condition: as many tasks as this got to what is waited for. */
  readonly need: number;
  readonly failFast: boolean;
  /** One deadline for all tasks, from the start; 0 if it passed before. */
  readonly timeoutMs: number;
  /** The process was stopped so long before the start: where that took the time, each task still gets a last poll. */
  readonly pausedMs?: number;
  /** Requests per second over all tasks. */
  readonly maxRps: number;
  readonly heartbeatMs: number | 'auto';
  /** Of which tasks the result is requested when they have ended. */
  readonly results: 'none' | 'failed' | 'all';
  /** The exit code of a deadline (124 unless the user says otherwise). */
  readonly timeoutExitCode: number;
}

/** What a poll may take, where it is counted, and what learns that it is sent. */
export type PollOptions = Required<Pick<CallOptions, 'timeoutMs' | 'signal' | 'traffic'>> & Pick<CallOptions, 'onSend'>;

export interface WaiterDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** Sends the request of one poll. Ends the wait by throwing. */
  readonly poll: (id: TaskId, options: PollOptions) => Promise<TaskReply>;
  /** Requests the result of a task that has ended; without it none is. */
  readonly result?: ((id: TaskId, options: PollOptions) => Promise<TaskResultReply>) | undefined;
  /** What of a result is kept for the end of the wait, after its event; by default all. Two URLs of 16 KiB a task may be gigabytes. */
  readonly keptOf?: ((result: ResultDetails) => ResultDetails) | undefined;
  readonly debug: (line: string) => void;
  /** Drops the connections that are idle, which are dead after a sleep. */
  readonly renewConnections: () => void;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}
