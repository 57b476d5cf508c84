/** `##[…`, `##vso[…`, `##teamcity[…`: commands anywhere in a line to GitHub's, Azure's and TeamCity's runners. */
const BRACKET_COMMAND = /##(?=[\w.-]*\[)/g;
/** `::word` where a line begins, to GitHub's. */
const COLON_COMMAND = /^\s*:(?=:[a-z])/i;

/**
 * Text from outside, safe to show: control, invisible and bidirectional characters and noncharacters become `\u{1b}`, half a
 * surrogate pair U+FFFD, and what a CI's runner would take for a command loses its meaning. Whatever a service, proxy, file name
 * or variable contains then cannot move the cursor, set a title, hide a text, forge a line or a command.
 */
export function visible(text: string): string {
  const escapeLast = (start: string) => start.slice(0, -1) + escaped(start.slice(-1));
  return replaceUnsafe(text, escaped).replace(BRACKET_COMMAND, escapeLast).replace(COLON_COMMAND, escapeLast);
}

/** The same for a text of several lines: its line breaks and tabs stay. */
export function visibleLines(text: string): string {
  return text.replace(/[^\t\n\r]+|\r(?!\n)/g, visible);
}

/** A JSON document as every command prints it: indented, a line break at its end. */
export function jsonDocument(value: unknown): string {
  return [...jsonPieces(value)].join('');
}

/** The same in pieces, since V8 has no string for a document of more than 512 MiB. A list may be any iterable that is a field of `value`. */
export function* jsonPieces(value: unknown): Iterable<string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return yield `${jsonText(value, 2)}\n`;
  let separator = '{';
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue;
    yield `${separator}\n  ${jsonText(name)}: `;
    if (isIterable(field)) yield* listPieces(field);
    else yield jsonText(field, 2).replaceAll('\n', '\n  ');
    separator = ',';
  }
  yield separator === '{' ? '{}\n' : '\n}\n';
}

/** JSON of the true text, as safe to show as {@link visible}: what JSON itself leaves bare is escaped too. */
export function jsonText(value: unknown, indent?: number): string {
  const json = wellFormed(JSON.stringify(value, null, indent));
  const safe = /^[\n\x20-\x7e]*$/.test(json) ? json : replaceUnsafe(json, jsonEscaped);
  return safe.replace(BRACKET_COMMAND, '#\\u0023');
}

/** A word of the command line without what may be a secret in it: the value of `name=value`, the user of a URL. */
export function withoutValue(word: string): string {
  return shortened(word.replace(/=[\s\S]+/, '=…').replace(/^([a-z]+:\/\/)?[\s\S]*@/i, '$1…@'));
}

/** The longest path that is shown whole, in characters. */
const MAX_PATH = 300;

/** A path in an error: one line, and not too long, whatever was given for it. */
export function quotedPath(path: string): string {
  return shortened(path.replace(/\n[\s\S]*/, '…'), MAX_PATH);
}

/** A path, but not the content of the file, a key or a token, which some put into the variable that is to name it. */
export function shownPath(path: string): string {
  const isAbsolute = /^(?:[a-z]:)?[\\/]/i.test(path);
  return isAbsolute ? shortened(path, MAX_PATH) : shortened(path.replace(/[=:{\n][\s\S]*/, '…'));
}

/** At most `limit` UTF-16 units, with `…` for the rest. Never half a surrogate pair; a string of its own, see {@link copied}. */
export function shortened(text: string, limit = 80): string {
  if (text.length <= limit) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
  return copied(`${text.slice(0, end)}…`);
}

/** The same text in memory of its own: V8 keeps the whole of a text alive for any part of it, and that may be a MiB. */
export function copied(text: string): string {
  return JSON.parse(JSON.stringify(text));
}

/** The last four characters, which tell two keys apart and give none away; nothing at all of a short one. */
export function masked(secret: string): string {
  return `********${secret.length < 16 ? '' : secret.slice(-4)}`;
}

/** True of a list, false of a text. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

// --- internal ---

/** A field's list, indented as that. */
function* listPieces(list: Iterable<unknown>): Iterable<string> {
  let separator = '[';
  for (const element of list) {
    yield `${separator}\n    ${jsonText(element, 2).replaceAll('\n', '\n    ')}`;
    separator = ',';
  }
  yield separator === '[' ? '[]' : '\n  ]';
}

/**
 * Replaces what is drawn as nothing, or moves what is drawn beside it; what is no character; what ends a line. An emoji keeps the
 * selector that says how it is presented; anywhere else a selector is invisible. Most texts are plain, and then V8 need not
 * build these classes: 3 % of a start-up.
 */
function replaceUnsafe(text: string, replacement: (character: string) => string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(
    /[\u0000-\u001f\p{DI}\p{NChar}\p{Cs}\p{Zl}\p{Zp}\ufff9-\ufffb\u007f-\u009f](?<!\p{ExtPict}[\ufe0e\ufe0f])/gu,
    replacement,
  );
}

function escaped(character: string): string {
  return character.isWellFormed() ? `\\u{${character.codePointAt(0)!.toString(16)}}` : '\ufffd';
}

/** JSON.stringify escapes C0 itself but for the line breaks of an indented document, which stay. */
function jsonEscaped(character: string): string {
  if (character === '\n') return character;
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** JSON.stringify writes half a surrogate pair as the escape `\ud83d`, which other parsers refuse. */
function wellFormed(json: string): string {
  if (!json.includes('\\ud')) return json;
  // Each escape as a whole, since an escaped backslash may stand before `ud83d`.
  return json.replace(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (sequence, half) =>
    half === undefined ? sequence : '\ufffd',
  );
}
