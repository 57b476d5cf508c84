import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { usageError } from '../errors.ts';
import { retryWhileBusy } from './while-busy.ts';

/** A lock is held for some ms. One that stays the same for so long was left behind by a killed process. In ms. */
const STALE_MS = 10_000;
/** How long to wait for others before giving up: longer than a stale lock lasts. In ms. */
const PATIENCE_MS = 30_000;
/** How long a wait goes without a notice, in ms: on a busy disk, dozens of writers take as long. */
const NOTICE_MS = 2000;

/** How the names of our files in a lock begin. */
const STAGED = /^staged-[\da-f-]{36}/;

export interface LockOptions {
  /** Ends the waiting early: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called once, with the path of the lock, if it is not free within {@link NOTICE_MS}. */
  readonly onWait?: ((lock: string) => void) | undefined;
  readonly staleMs?: number;
  readonly patienceMs?: number;
  readonly noticeMs?: number;
}

/**
 * Does `work` while no other process does; throws a usage error where another process holds the lock for too long, or what is in
 * its place is no lock of ours. The lock is the directory `lock`; a file that `work` makes in it, with a name of {@link stagedName},
 * goes with the lock, also after a kill. `work` is synchronous, so that nothing but a kill leaves a lock behind. Before it makes
 * anything final it calls `checkHeld`, which throws if the process was stopped for so long that others broke the lock.
 */
export async function underLock(
  lock: string,
  work: (checkHeld: () => void) => void,
  { signal, onWait, staleMs = STALE_MS, patienceMs = PATIENCE_MS, noticeMs = NOTICE_MS }: LockOptions = {},
): Promise<void> {
  const runningMs = createRunningClock();
  const unchangedMs = createObserver(runningMs);
  let isNoticed = false;
  while (!take(lock)) {
    signal?.throwIfAborted();
    const waitedMs = runningMs();
    const isDirectory = lstatSync(lock, { throwIfNoEntry: false })?.isDirectory() ?? true;
    const isLate = waitedMs > patienceMs;
    if (!isDirectory || (isLate && unchangedMs(lock) > staleMs)) throw usageError((m) => m.config.inTheWay(lock));
    if (isLate) throw usageError((m) => m.config.locked(lock, waitedMs));
    if (unchangedMs(lock) > staleMs) breakLock(lock, unchangedMs, staleMs);
    if (waitedMs > noticeMs && !isNoticed) {
      isNoticed = true;
      onWait?.(lock);
    }
    // Hundreds of writers that look every few ms would leave the one with the lock no processor to write with.
    await delay(10 + Math.random() * Math.min(waitedMs, 1000), undefined, signal && { signal }).catch(() => {});
  }
  const isHeld = mark(lock);
  try {
    work(() => {
      if (!isHeld()) throw usageError((m) => m.config.locked(lock, runningMs()));
    });
  } finally {
    remove(lock, isHeld);
  }
}

/** A name for a file in a lock, which no other process uses. */
export function stagedName(): string {
  return `staged-${randomUUID()}`;
}

// --- internal ---

/** The most that the time between two checks counts, in ms: more is a stop of this process, and perhaps of the others. */
const MAX_LOOK_MS = 2000;

/** A clock that starts at 0 and, if it is read all the time, runs only while this process does. */
function createRunningClock(): () => number {
  let ms = 0;
  let lookedAt = performance.now();
  return () => {
    const now = performance.now();
    ms += Math.min(now - lookedAt, MAX_LOOK_MS);
    lookedAt = now;
    return ms;
  };
}

/**
 * For how many ms a path has been seen to hold the same thing, by our own clock: the times of a file are those of another clock
 * wherever the file system is not local, and compare only with each other.
 */
function createObserver(runningMs: () => number): (path: string) => number {
  const seen = new Map<string, { identity: string; since: number }>();
  return (path) => {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stat) return 0;
    const identity = `${stat.ino} ${stat.mtimeNs} ${stat.ctimeNs}`;
    const now = runningMs();
    const before = seen.get(path);
    if (before?.identity === identity) return now - before.since;
    seen.set(path, { identity, since: now });
    return 0;
  };
}

/**
 * Breaks a stale lock under a lock of its own, after another look: of two processes that saw the same stale lock, the second
 * would break the lock that the first one then took.
 */
function breakLock(lock: string, unchangedMs: (path: string) => number, staleMs: number): void {
  const breaker = `${lock}.break`;
  if (!take(breaker)) {
    if (unchangedMs(breaker) > staleMs) remove(breaker);
    return;
  }
  if (unchangedMs(lock) > staleMs) remove(lock);
  remove(breaker);
}

/** Makes a file in a lock just taken; whoever breaks the lock removes it, and the directory may be another process's by then. */
function mark(lock: string): () => boolean {
  const marker = join(lock, stagedName());
  try {
    writeFileSync(marker, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    remove(lock);
    throw error;
  }
  return () => lstatSync(marker, { throwIfNoEntry: false }) !== undefined;
}

function take(lock: string): boolean {
  try {
    // Windows refuses it while the last holder's lock is being removed.
    retryWhileBusy(() => mkdirSync(lock, { mode: 0o700 }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  return true;
}

/** Removes a lock with the staged files that a killed process left in it. What holds anything else is no lock of ours, and stays. */
function remove(lock: string, isHeld = () => true): void {
  try {
    if (!isHeld()) return;
    // A link may lead to another user's files.
    if (!lstatSync(lock).isDirectory()) return;
    for (const name of readdirSync(lock)) if (STAGED.test(name)) unlinkSync(join(lock, name));
    // On Windows a file that was removed is still in it while another process has it open.
    retryWhileBusy(() => rmdirSync(lock));
  } catch {
    // Another process was quicker, or it is not ours to remove: the next try shows it.
  }
}
