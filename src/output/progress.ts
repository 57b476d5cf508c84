import type { HeartbeatEvent, ProgressEvent } from '../core/wait/events.ts';
import type { Messages } from '../locales/en/messages.ts';
import { formatDuration } from '../text/duration.ts';
import { endText } from './ends.ts';
import { reasonOf } from './results.ts';

/** A line for each change and each heartbeat, without escape codes: for pipes, CI and whoever reads a log. */
export function progressLine(event: ProgressEvent, elapsedMs: number, messages: Messages): string | undefined {
  const text = describe(event, messages);
  return text && `[+${clock(elapsedMs)}] ${text}`;
}

// --- internal ---

function describe(event: ProgressEvent, messages: Messages): string | undefined {
  const { glyphs, watch, states } = messages;
  switch (event.type) {
    case 'state': {
      const from = event.prev ? `${states[event.prev]} ${glyphs.arrow} ` : '';
      return `${event.id} ${from}${states[event.state]}${event.prev ? messages.aside(formatDuration(event.prevMs)) : ''}`;
    }
    case 'retry':
      return watch.retry(event.id, event.failure.code, formatDuration(event.delayMs));
    case 'heartbeat':
      return heartbeat(event, messages);
    case 'wake':
      return watch.wake(formatDuration(event.pausedMs));
    case 'result': {
      const reason = reasonOf(event.result);
      if (reason !== undefined) return messages.labelled(`${event.id} ${states[event.state]}`, reason);
      // The state event has its line already.
      const end = endText(event.outcome, messages);
      if (end === undefined) return undefined;
      const from =
        event.outcome === 'notFound' && event.state !== 'unknown' ? `${states[event.state]} ${glyphs.arrow} ` : '';
      return `${event.id} ${from}${end}`;
    }
  }
}

/** The states of the tasks that are waited for, since a bare count would read like an ID. */
function heartbeat(event: HeartbeatEvent, { watch, states, counted }: Messages): string {
  const names = { ...states, notChecked: watch.unseen };
  const words = Object.entries(event.states)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => counted(n, names[name as keyof typeof event.states]));
  const next = watch.nextCheck(event.nextPollMs > 0 ? formatDuration(event.nextPollMs) : undefined);
  return watch.heartbeat(words, event.done, event.done + event.pending, next);
}

/** `01:32`, with hours in front once there are any. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'));
  return seconds < 3600 ? parts.join(':') : [Math.floor(seconds / 3600), ...parts].join(':');
}
