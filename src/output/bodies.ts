import { visibleLines } from '../text/safe-text.ts';

/**
 * The service's bodies, as `--raw` prints them; a line break stands between two, none after the last. Byte for byte, but at a
 * terminal, which the service must not control, everything invisible is made visible.
 */
export function rawBodies(
  bodies: readonly (string | Uint8Array)[],
  { isTerminal }: { readonly isTerminal: boolean },
): (string | Uint8Array)[] {
  return bodies.flatMap((body, index) => {
    const printed = isTerminal ? visibleLines(typeof body === 'string' ? body : new TextDecoder().decode(body)) : body;
    return index === 0 ? [printed] : ['\n', printed];
  });
}
