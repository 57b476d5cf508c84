import { lettersOf, type Place, placedLetters } from './letters.ts';

/**
 * Replaces what is known to be secret in this run, in texts that come from outside. A secret is found by its value, however it is
 * spelled: raw, percent-encoded or escaped as in JSON or XML any number of times, in hex or base64 (at any alignment), in other
 * letter case, with blanks, line breaks or a terminal's codes inside, and cut short at either end, as gateways cut what they quote.
 */
export interface Redactor {
  /** Makes a value known as secret. `shown` stands for it from then on. One so short that it may be a word is ignored. */
  add(secret: string | undefined, shown?: string): void;
  /** The same for a part of a key or a token, which others replace in time: only the {@link MAX_TEMPORARY} added last are known. */
  addTemporary(secret: string | undefined, shown?: string): void;
  /** The text without any secret; `more` are secrets of this text alone, such as the signature of the request that it responds to. */
  redact(text: string, more?: readonly string[]): string;
}

/** Stands for what must not be shown. */
export const HIDDEN = '********';
/** The most that are known at a time: those of the last four keys and of what they were requested with. A token takes half a megabyte. */
const MAX_TEMPORARY = 24;

/** A redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  const known = new Map<string, string>();
  /** In the order in which they were added last. */
  const temporary = new Map<string, string>();
  let isInHex = false;
  /** Made when a text needs it: most runs show none. */
  let index: Index | undefined;
  const addTo = (secrets: Map<string, string>, secret: string, shown: string) => {
    secrets.set(secret, shown);
    isInHex ||= HEX.test(secret);
    index = undefined;
  };
  return {
    add(secret, shown = HIDDEN) {
      if (secret !== undefined && !known.has(secret)) addTo(known, secret, shown);
    },
    addTemporary(secret, shown = HIDDEN) {
      if (secret === undefined || known.has(secret)) return;
      if (temporary.delete(secret)) temporary.set(secret, shown);
      else addTo(temporary, secret, shown);
      const [oldest = ''] = temporary.keys();
      if (temporary.size > MAX_TEMPORARY) temporary.delete(oldest);
    },
    redact(text, more) {
      if (isUuid(text) && !isInHex) return text;
      index ??= createIndex(new Map([...temporary, ...known]));
      const redacted = withoutSecrets(text, index);
      // Looking for a signature in a UUID would take a quarter of a poll.
      if (!more || isUuid(text)) return redacted;
      return withoutSecrets(redacted, createIndex(new Map(more.map((secret) => [secret, HIDDEN]))));
    },
  };
}

/** Whether a text has the form of a request ID, which has no place for anything secret, unless that is a number in hex. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}

// --- internal ---

/** Fewer letters and digits than this are found in texts by chance. */
const MIN_LETTERS = 6;
/** How many letters in a row are taken for the secret, whatever was cut off before or after them. */
const PIECE = 12;
/** A piece of a spelling begins at each of these letters, so that any 15 of its letters in a row hold one. */
const STEP = 4;
/** A {@link beginning} is below this. */
const BEGINNINGS = 2 ** 15;
/** A secret that holds so much of a number in hex may be found in a UUID. */
const HEX = /(?:[\da-fA-F][^\da-zA-Z]*){6}/;
/** A secret with fewer letters than it takes is searched for as it is, if it has so many characters. */
const MIN_SYMBOLS = 8;

/** A piece of a spelling: where in it the piece begins, and what stands for the secret. */
interface Piece {
  readonly spelling: string;
  readonly at: number;
  readonly shown: string;
}

/** Where letters of a secret are among those of a text. */
interface Span extends Place {
  readonly shown: string;
}

/** Secrets, each with what stands for it, so that a text is searched once for all of them. */
interface Index {
  readonly short: ReadonlyMap<string, string>;
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
  /** Whether a piece may have such a {@link beginning}: most of a text needs no look into the map. */
  readonly beginnings: Uint8Array;
  readonly symbols: ReadonlyMap<string, string>;
}

function createIndex(secrets: ReadonlyMap<string, string>): Index {
  const short = new Map<string, string>();
  const pieces = new Map<string, Piece[]>();
  const beginnings = new Uint8Array(BEGINNINGS);
  const symbols = new Map<string, string>();
  const addPiece = (spelling: string, at: number, shown: string) => {
    const text = spelling.slice(at, at + PIECE);
    beginnings[beginning(spelling, at)] = 1;
    const others = pieces.get(text);
    if (!others) pieces.set(text, [{ spelling, at, shown }]);
    // One is enough of a spelling that repeats itself.
    else if (!others.some((other) => other.spelling === spelling)) others.push({ spelling, at, shown });
  };
  for (const [secret, shown] of secrets) {
    for (const spelling of spellings(secret)) {
      const last = spelling.length - PIECE;
      if (last < 0) short.set(spelling, shown);
      for (let at = 0; at < last; at += STEP) addPiece(spelling, at, shown);
      if (last >= 0) addPiece(spelling, last, shown);
    }
    if (secret.length < MIN_SYMBOLS || lettersOf(secret).length >= MIN_LETTERS) continue;
    for (const text of [secret, encodeURIComponent(secret.toWellFormed())]) symbols.set(text, shown);
  }
  return { short, pieces, beginnings, symbols };
}

/** Where the letters of a text are those of a secret. */
function spansIn(letters: string, { short, pieces, beginnings }: Index): Span[] {
  const spans: Span[] = [];
  for (const [text, shown] of short) {
    for (let at = letters.indexOf(text); at >= 0; at = letters.indexOf(text, at + 1)) {
      spans.push({ start: at, end: at + text.length, shown });
    }
  }
  for (let at = 0; at + PIECE <= letters.length; at += 1) {
    if (beginnings[beginning(letters, at)] === 0) continue;
    const found = pieces.get(letters.slice(at, at + PIECE))?.map((piece) => extended(piece, letters, at)) ?? [];
    spans.push(...found);
    // The windows within it would find it again.
    for (const { end } of found) at = Math.max(at, end - PIECE);
  }
  return spans;
}

/** A number for the three letters there. */
function beginning(letters: string, at: number): number {
  return (letters.charCodeAt(at) * 961 + letters.charCodeAt(at + 1) * 31 + letters.charCodeAt(at + 2)) % BEGINNINGS;
}

/** All that the letters around `at` share with the spelling around its piece. */
function extended({ spelling, at: ownAt, shown }: Piece, letters: string, at: number): Span {
  let before = 0;
  while (before < Math.min(at, ownAt) && letters[at - before - 1] === spelling[ownAt - before - 1]) before += 1;
  let length = PIECE;
  while (ownAt + length < spelling.length && letters[at + length] === spelling[ownAt + length]) length += 1;
  return { start: at - before, end: at + length, shown };
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

function withoutSecrets(text: string, index: Index): string {
  let plain = text;
  for (const [symbol, shown] of index.symbols) plain = plain.replaceAll(symbol, () => shown);
  return spansIn(lettersOf(plain), index).length > 0 ? replaced(plain, index) : plain;
}

/** The text with something else in place of each secret found; of spans that overlap, the first and longest decides. */
function replaced(text: string, index: Index): string {
  const { letters, places } = placedLetters(text);
  let result = '';
  let end = 0;
  for (const span of spansIn(letters, index).sort((a, b) => a.start - b.start || b.end - a.end)) {
    const [first, last] = [places[span.start]!.start, places[span.end - 1]!.end];
    if (first >= end) result += text.slice(end, first) + span.shown;
    end = Math.max(end, last);
  }
  return result + text.slice(end);
}
