/** Where a part of a text stands. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Letters and digits alone, in lower case, nothing escaped: two spellings of a text agree in these. */
export function lettersOf(text: string): string {
  let plain = text;
  for (let pass = 0; pass < MAX_ESCAPED && ESCAPE.test(plain); pass += 1) plain = plain.replace(ESCAPED, unescaped);
  // V8 takes 1 % of a start-up to build the classes of Unicode.
  const isAscii = /^[\0-\x7f]*$/.test(plain);
  return plain.replace(isAscii ? /[^a-z0-9]+/gi : /[^\p{L}\p{N}]+/gu, '').toLowerCase();
}

/** The {@link lettersOf} a text, and where in it each of them stands. */
export function placedLetters(text: string) {
  let plain = { text, places: Array.from(text.split(''), (_, start): Place => ({ start, end: start + 1 })) };
  for (let pass = 0; pass < MAX_ESCAPED && ESCAPE.test(plain.text); pass += 1) plain = placedUnescaped(plain);
  let letters = '';
  const places: Place[] = [];
  for (const { 0: letter, index } of plain.text.matchAll(/[\p{L}\p{N}]/gu)) {
    letters += letter.toLowerCase();
    const place = around(plain.places, index, letter.length);
    while (places.length < letters.length) places.push(place);
  }
  return { letters, places };
}

// --- internal ---

/** What gateways put into a long code, anywhere: a line break and an indent. */
const FOLD = /(?:[\r\n][\t ]*)*/.source;
/** One character, escaped; or none at all. */
const ESCAPED = new RegExp(
  [
    // Percent-encoded once or more often, as UTF-8 or as UTF-16.
    `%${FOLD}(?:u00)?(?:2${FOLD}5${FOLD})*([0-9a-f]${FOLD}[0-9a-f])`,
    // Backslashes with what they escape, which is the next character if it is none of these.
    /\\+(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|x([0-9a-f]{2})|[bfnrt])?/.source,
    // An XML entity.
    /&(?:amp;)*(?:#x0*([0-9a-f]{1,6});?|#0*(\d{1,7});?|[a-z]+;)/.source,
    // A terminal's colour or link.
    /(?:\x1b\[|\x9b)[\d;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?/.source,
  ].join('|'),
  'gi',
);
/** What one of them begins with. */
const ESCAPE = /[%\\&\x1b\x9b]/;

/** What is escaped may be escaped again, in another way: `%` itself as `&#x25;`. How often at most. */
const MAX_ESCAPED = 5;

function unescaped(_: string, ...codes: readonly (string | undefined)[]) {
  const [percent, json, visible, byte, hex, decimal] = codes;
  const code = decimal
    ? Number(decimal)
    : Number.parseInt(percent?.replace(/\s+/, '') ?? json ?? visible ?? byte ?? hex ?? '0', 16);
  return String.fromCodePoint(Math.min(code, 0x10ffff));
}

/** The text after one pass of {@link unescaped}, with the place of each UTF-16 unit. */
function placedUnescaped({ text, places }: { readonly text: string; readonly places: readonly Place[] }) {
  const parts: string[] = [];
  const newPlaces: Place[] = [];
  let end = 0;
  const copyUpTo = (index: number) => {
    parts.push(text.slice(end, index));
    for (; end < index; end += 1) newPlaces.push(places[end]!);
  };
  for (const match of text.matchAll(ESCAPED)) {
    const [whole, ...codes] = match;
    copyUpTo(match.index);
    const character = unescaped(whole, ...codes);
    parts.push(character);
    for (const _ of character.split('')) newPlaces.push(around(places, end, whole.length));
    end += whole.length;
  }
  copyUpTo(text.length);
  return { text: parts.join(''), places: newPlaces };
}

function around(places: readonly Place[], index: number, length: number): Place {
  return { start: places[index]!.start, end: places[index + length - 1]!.end };
}
