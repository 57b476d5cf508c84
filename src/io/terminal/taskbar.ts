import type { Environment } from '../../core/config/settings.ts';
import type { LivePart } from './live-part.ts';

/** How often the progress is read, in ms. */
const REFRESH_MS = 1000;

/**
 * Progress in the terminal's tab or taskbar (OSC 9;4), for terminals known to show it: to others OSC 9 is a notification.
 * `progress` is from 0 to 1; 0 is shown as "no end in sight".
 */
export function createTaskbar(
  stream: { write(text: string): unknown; readonly writableNeedDrain?: boolean },
  env: Environment,
  progress: () => number,
): LivePart | undefined {
  const isKnown = env.WT_SESSION || env.ConEmuANSI === 'ON' || /^(ghostty|WezTerm)$/.test(env.TERM_PROGRAM ?? '');
  if (!isKnown) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const send = (parameters: string) => stream.write(`\u001b]9;4;${parameters}\u001b\\`);
  const draw = () => {
    if (!stream.writableNeedDrain) send(progress() === 0 ? '3;0' : `1;${Math.round(progress() * 100)}`);
  };
  return {
    start() {
      draw();
      timer = setInterval(draw, REFRESH_MS);
    },
    stop({ ownsTerminal }) {
      clearInterval(timer);
      if (ownsTerminal) send('0;0');
    },
  };
}
