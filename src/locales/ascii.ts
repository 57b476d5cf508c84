import type { Messages } from './en/messages.ts';

const STAND_INS: Readonly<Record<string, string>> = {
  '→': '->',
  '…': '...',
  '·': '-',
  '○': 'o',
  '●': '*',
  '✔': '+',
  '✖': 'x',
  // What prompts are drawn with.
  '◆': '*',
  '◇': 'o',
  '■': 'x',
  '▲': 'x',
  '│': '|',
  '└': '-',
  '—': '-',
  '█': '_',
};

/** The sentences with ASCII in place of the characters that a terminal without UTF-8 cannot show. */
export function asciiMessages(messages: Messages): Messages {
  const replaced = withStandIns(messages) as Messages;
  return { ...replaced, glyphs: { ...replaced.glyphs, spinner: 'line' } };
}

/** A text with ASCII in place of the characters that have such a stand-in. */
export function inAscii(text: string): string {
  return text.replace(/[^\x00-\x7f]/g, (c) => STAND_INS[c] ?? c);
}

// --- internal ---

function withStandIns(value: unknown): unknown {
  if (typeof value === 'string') return inAscii(value);
  if (typeof value === 'function') return (...given: unknown[]) => withStandIns(value(...given));
  if (Array.isArray(value)) return value.map(withStandIns);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withStandIns(one)]));
}
