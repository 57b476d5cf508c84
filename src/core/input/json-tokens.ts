/** A piece of JSON: one of `{}[]:,`, or a string, number or word as it stands in the text, so that no digit of a number is lost. */
interface Token {
  readonly text: string;
  /** Where the text goes on after it. */
  readonly end: number;
}

/** No text of a document of ours is this long; a string without an end would be held in memory. In characters. */
const MAX_TOKEN = 1024 * 1024;

/**
 * The token that begins at `start`, which is no blank; null where the text ends before the token does (`isLast`: no more text
 * comes). Throws a SyntaxError for what is no JSON.
 */
export function readToken(text: string, start: number, isLast: boolean): Token | null {
  const first = text[start]!;
  if ('{}[]:,'.includes(first)) return { text: first, end: start + 1 };
  const end = first === '"' ? endOfString(text, start) : endOfWord(text, start, isLast);
  if (end === null) {
    if (isLast || text.length - start > MAX_TOKEN) throw new SyntaxError('a token without an end');
    return null;
  }
  const token = text.slice(start, end);
  // Throws for what is no string, number, true, false or null.
  JSON.parse(token);
  return { text: token, end };
}

// --- internal ---

function endOfString(text: string, start: number): number | null {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote < 0 ? null : quote + 1;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text[index - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/** A number or a word goes on until something else follows. */
function endOfWord(text: string, start: number, isLast: boolean): number | null {
  const word = /[\w.+-]+/y;
  word.lastIndex = start;
  const found = word.exec(text);
  if (!found) throw new SyntaxError('no token begins here');
  return word.lastIndex < text.length || isLast ? word.lastIndex : null;
}
