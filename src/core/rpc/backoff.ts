import { serverTime } from './service-clock.ts';

/** The first ceiling of a retry delay and the last, in ms: 1 s doubling to 15 s. */
const FIRST_MS = 1000;
const LAST_MS = 15_000;

/**
 * The delay before retry `attempt` (1 is the first), in ms: full jitter below a ceiling that doubles, since clients that failed
 * together would otherwise come back together. The server's own delay wins when it is longer, and gets no jitter.
 */
export function backoffMs(attempt: number, random: () => number, serverDelayMs = 0): number {
  const ceiling = Math.min(FIRST_MS * 2 ** (attempt - 1), LAST_MS);
  return Math.max(Math.round(random() * ceiling), serverDelayMs);
}

/**
 * How long the server asks us to wait, in ms, or undefined: `x-acs-retry-after` (ms), `Retry-After` (s or a date),
 * `x-ratelimit-user[-api]` (TimeLeft in ms once nothing remains). A hint that is no positive number is no hint.
 */
export function serverDelayMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const hints = [
    positive(headers['x-acs-retry-after']),
    // By the clock that the date was made with: ours may be minutes off and its requests accepted.
    retryAfter(headers['retry-after'], serverTime(headers) ?? now),
    timeLeft(headers['x-ratelimit-user-api']),
    timeLeft(headers['x-ratelimit-user']),
  ];
  const longest = Math.max(...hints.map((hint) => hint ?? 0));
  return longest > 0 ? longest : undefined;
}

// --- internal ---

function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

function retryAfter(text: string | undefined, now: number): number | undefined {
  const seconds = positive(text);
  if (seconds !== undefined) return seconds * 1000;
  // Date.parse alone would read "-5" as a day in May 2001.
  const date = /^[A-Z][a-z]{2,8}, .* GMT$/.test(text ?? '') ? Date.parse(text!) : Number.NaN;
  return Number.isNaN(date) ? undefined : date - now;
}

function timeLeft(text: string | undefined): number | undefined {
  const values = new Map(text?.split(',').map((pair) => pair.trim().split(':', 2) as [string, string]));
  return positive(values.get('Remain')) === 0 ? positive(values.get('TimeLeft')) : undefined;
}
