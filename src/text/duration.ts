import { named, type Subject, usageError } from '../errors.ts';
import { shortened } from './safe-text.ts';

const UNITS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const N = String.raw`(\d{1,10}(?:\.\d{1,3})?)`;
const PARTS = new RegExp(`^(?:${N}h)?(?:${N}m)?(?:${N}s)?(?:${N}ms)?$`);
/** The longest span of one of Node's timers, 24 days, in ms: a longer one would fire at once, with a warning. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Milliseconds from `90`, `90s`, `10m`, `1h30m`, `1.5h`, `500ms`: a bare number is seconds, `0` and `none` mean no limit (Infinity).
 * Throws a usage error that names `what` (the flag or setting).
 */
export function parseDuration(text: string, what: Subject): number {
  if (text === 'none' || /^0+(ms|s|m|h)?$/.test(text)) return Number.POSITIVE_INFINITY;
  const bad = () => usageError((m) => m.usage.badDuration(named(what, m), shortened(text)));
  const parts = PARTS.exec(/^[\d.]+$/.test(text) ? `${text}s` : text);
  if (!parts || text === '') throw bad();
  const [, h = '0', m = '0', s = '0', ms = '0'] = parts;
  return checkRange(Number(h) * UNITS.h + Number(m) * UNITS.m + Number(s) * UNITS.s + Number(ms), bad);
}

/** A span of 1 ms or more as {@link parseDuration} reads it, in the largest unit that has no fraction. */
export function exactDuration(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'none';
  const [unit, length] = Object.entries(UNITS).find(([, length]) => ms % length === 0)!;
  return `${ms / length}${unit}`;
}

/** A span in whole seconds, at least one: what is drawn again and again must not jump between `999ms` and `1s`. */
export function wholeSeconds(ms: number): string {
  return formatDuration(Math.max(1, Math.round(ms / 1000)) * 1000);
}

/** A span as a person reads it, in seconds, minutes or hours with about two digits: `0.85s`, `1.3s`, `12s`, `1m32s`, `2h05m`. */
export function formatDuration(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'none';
  if (ms < 10_000) return `${Number((ms / 1000).toFixed(digits(ms)))}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (minutes < 60) return rest === 0 ? `${minutes}m` : `${minutes}m${String(rest).padStart(2, '0')}s`;
  const left = minutes % 60;
  return left === 0 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 60)}h${String(left).padStart(2, '0')}m`;
}

// --- internal ---

function checkRange(ms: number, bad: () => Error): number {
  const rounded = Math.round(ms);
  if (rounded <= 0 || rounded > MAX_TIMER_MS) throw bad();
  return rounded;
}

/** Of a span below 10 s. One that is not zero never reads `0s`. */
function digits(ms: number): number {
  if (ms < 5) return 3;
  return ms < 1000 ? 2 : 1;
}
