import { visibleLines } from '../text/safe-text.ts';

/**
 * One of the service's bodies, as `--raw` prints them; a line break stands between two, none after the last. Byte for byte, but at
 * a terminal, which the service must not control, everything invisible is made visible.
 */
export function rawBody(
  body: string | Uint8Array,
  { isFirst, isTerminal }: { readonly isFirst: boolean; readonly isTerminal: boolean },
): (string | Uint8Array)[] {
  const printed = isTerminal ? visibleLines(typeof body === 'string' ? body : new TextDecoder().decode(body)) : body;
  return isFirst ? [printed] : ['\n', printed];
}
