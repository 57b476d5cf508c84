import type { Environment } from '../../core/config/settings.ts';
import type { LivePart } from './live-part.ts';

/** How often the share is asked for, in ms. */
const REFRESH_MS = 1000;

/**
 * Progress in the terminal's tab or taskbar (OSC 9;4), for terminals known to show it: to others OSC 9 is a notification.
 * `share` is from 0 to 1; at 0 the end is not in sight, which is shown as such.
 */
export function createTaskbar(
  stream: { write(text: string): unknown },
  env: Environment,
  share: () => number,
): LivePart | undefined {
  const isKnown = env.WT_SESSION || env.ConEmuANSI === 'ON' || /^(ghostty|WezTerm)$/.test(env.TERM_PROGRAM ?? '');
  if (!isKnown) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const tell = (parameters: string) => stream.write(`\u001b]9;4;${parameters}\u001b\\`);
  const draw = () => tell(share() === 0 ? '3;0' : `1;${Math.round(share() * 100)}`);
  return {
    start() {
      draw();
      timer = setInterval(draw, REFRESH_MS);
    },
    stop() {
      clearInterval(timer);
      tell('0;0');
    },
  };
}
