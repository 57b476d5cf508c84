import assert from 'node:assert/strict';
import { percentEncode } from '../../src/core/rpc/signature.ts';

/** A secret that is spelled differently in every encoding, and that no sentence contains by chance. */
export const CANARY = 'CaNaRy+/=%"7 QuEtZaL~éK';

/** The canary as it might leak: raw, escaped, percent-encoded once and twice, hex, and base64 at each of its three alignments. */
const SPELLINGS = [
  ...[CANARY, JSON.stringify(CANARY).slice(1, -1), encodeURIComponent(CANARY), percentEncode(CANARY)],
  ...[percentEncode(percentEncode(CANARY)), new URLSearchParams({ x: CANARY }).toString().slice(2)],
  ...[Buffer.from(CANARY).toString('hex'), 'CaNaRy', 'QuEtZaL'],
  ...['', '.', '..'].flatMap((before) => {
    const text = Buffer.from(`${before}${CANARY}`);
    // The first and last group mix with what stands beside them.
    return [text.toString('base64').slice(4, -4), text.toString('base64url').slice(4, -4)];
  }),
];

/** Fails if this text holds the canary in any spelling. */
export function assertNoCanary(text: string, what: string): void {
  for (const spelling of SPELLINGS) {
    assert.ok(!text.toLowerCase().includes(spelling.toLowerCase()), `${what} holds the secret: ${text}`);
  }
}
