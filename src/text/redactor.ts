/**
 * Replaces what is known to be secret in this run, in texts that come from outside. A secret is found by its value, however it is
 * spelled: raw, percent-encoded any number of times, escaped as in JSON or XML, in hex or base64 (at any alignment), in other
 * letter case, with blanks or line breaks inside, and cut short, as gateways cut what they quote.
 */
export interface Redactor {
  /** Makes a value known as secret. `shown` stands for it from then on. One so short that it may be a word is ignored. */
  add(secret: string | undefined, shown?: string): void;
  /** The text without any secret; `more` are secrets of this text alone, such as the signature of the request that it responds to. */
  redact(text: string, more?: readonly string[]): string;
}

const HIDDEN = '********';

/** A redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  const known: Known[] = [];
  const added = new Set<string>();
  return {
    add(secret, shown = HIDDEN) {
      if (secret === undefined || added.has(secret)) return;
      added.add(secret);
      known.push(...knownBy(secret, shown));
    },
    redact(text, more) {
      const letters = lettersOf(text);
      const found = known.filter(({ start }) => letters.includes(start));
      for (const secret of more ?? [])
        found.push(...knownBy(secret, HIDDEN).filter(({ start }) => letters.includes(start)));
      return found.length > 0 ? replaced(text, found) : text;
    },
  };
}

// --- internal ---

/** Fewer letters and digits than this are found in texts by chance. */
const MIN_LETTERS = 6;
/** So many letters of a longer secret's beginning are the secret, cut short. */
const START_LETTERS = 12;

/** One spelling of a secret, what it is found by, and what stands for it. */
interface Known {
  readonly spelling: string;
  readonly start: string;
  readonly shown: string;
}

function knownBy(secret: string, shown: string): Known[] {
  return spellings(secret).map((spelling) => ({ spelling, start: spelling.slice(0, START_LETTERS), shown }));
}

/** One character, escaped: percent-encoded once or more often, lines broken anywhere; a backslash with what it escapes; an XML entity. */
const ESCAPED =
  /%[\r\n]*(?:2[\r\n]*5[\r\n]*)*([0-9a-f][\r\n]*[0-9a-f])|\\+(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|[bfnrt])?|&(?:#x([0-9a-f]{1,5})|#(\d{1,6})|[a-z]+);/gi;

/** Letters and digits alone, in lower case, nothing escaped: two spellings of a text agree in these. */
function lettersOf(text: string): string {
  const plain = /[%\\&]/.test(text) ? text.replace(ESCAPED, unescaped) : text;
  // V8 takes 0.01 start-ups to build the classes of Unicode.
  const isAscii = /^[\0-\x7f]*$/.test(plain);
  return plain.replace(isAscii ? /[^a-z0-9]+/gi : /[^\p{L}\p{N}]+/gu, '').toLowerCase();
}

function unescaped(_: string, percent?: string, json?: string, visible?: string, hex?: string, decimal?: string) {
  const code = decimal
    ? Number(decimal)
    : Number.parseInt(percent?.replace(/\s+/, '') ?? json ?? visible ?? hex ?? '0', 16);
  return String.fromCodePoint(Math.min(code, 0x10ffff));
}

/** The {@link lettersOf} of a secret in every encoding that hides them. */
function spellings(secret: string): string[] {
  const encoded = encodeURIComponent(secret.toWellFormed());
  const texts = [secret, encoded, ...[secret, encoded].flatMap((text) => inBytes(utf8.encode(text)))];
  return [...new Set(texts.map(lettersOf))].filter((letters) => letters.length >= MIN_LETTERS);
}

const utf8 = new TextEncoder();

/** Hex, and of base64 at each of its three alignments what does not depend on the neighbours. */
function inBytes(bytes: Uint8Array): string[] {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const base64 = [0, 1, 2].map((before) => {
    const [first, end] = [Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6)];
    return btoa('\0'.repeat(before) + binary).slice(first, end);
  });
  return [hex, ...base64];
}

/** The {@link lettersOf} a text, and where in it each of them stands. */
function placedLetters(text: string) {
  let letters = '';
  const places: { start: number; end: number }[] = [];
  for (const match of text.matchAll(new RegExp(`${ESCAPED.source}|[\\p{L}\\p{N}]`, 'giu'))) {
    const [whole, ...codes] = match;
    const letter = /^[%\\&]/.test(whole) ? unescaped(whole, ...codes) : whole;
    if (!/^[\p{L}\p{N}]$/u.test(letter)) continue;
    letters += letter.toLowerCase();
    const place = { start: match.index, end: match.index + whole.length };
    while (places.length < letters.length) places.push(place);
  }
  return { letters, places };
}

/** The text with something else in place of each spelling found, or what there is of it; of several that overlap, the first and longest decides. */
function replaced(text: string, found: readonly Known[]): string {
  const { letters, places } = placedLetters(text);
  const spans: { start: number; end: number; shown: string }[] = [];
  for (const { spelling, start, shown } of found) {
    for (let at = letters.indexOf(start); at >= 0; at = letters.indexOf(start, at + 1)) {
      let length = start.length;
      while (length < spelling.length && letters[at + length] === spelling[length]) length += 1;
      spans.push({ start: places[at]!.start, end: places[at + length - 1]!.end, shown });
    }
  }
  let result = '';
  let end = 0;
  for (const span of spans.sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (span.start >= end) result += text.slice(end, span.start) + span.shown;
    end = Math.max(end, span.end);
  }
  return result + text.slice(end);
}
