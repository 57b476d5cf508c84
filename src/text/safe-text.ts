const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
/** What GitHub's runner takes for a command: `##[` anywhere, `::name` where a line begins. */
const COMMAND = /##(?=\[)|^\s*:(?=:[a-z-]+)/gi;

/**
 * Makes control characters visible: C0, DEL, C1, line separators and the bidirectional and zero-width marks become `\u{1b}`,
 * and so does what would be a command to a CI's runner. Whatever a service, proxy, file name or variable contains then cannot
 * move the cursor, set a title, forge a line or a workflow command.
 */
export function visible(text: string): string {
  return text.replace(UNSAFE, escaped).replace(COMMAND, (start) => start.slice(0, -1) + escaped(start.slice(-1)));
}

function escaped(c: string): string {
  return `\\u{${c.codePointAt(0)!.toString(16)}}`;
}

/** A JSON document as every command prints it: indented, a line break at its end. */
export function jsonDocument(value: unknown): string {
  return `${jsonText(value, 2)}\n`;
}

/** JSON that holds the true text and is as safe to show as {@link visible}: what JSON itself leaves bare is escaped too. */
export function jsonText(value: unknown, indent?: number): string {
  const safe = (c: string) => (c === '\n' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return JSON.stringify(value, null, indent)
    .replace(UNSAFE, safe)
    .replace(/##(?=\[)/g, '#\\u0023');
}

/** A word of the command line without what may be a secret in it: the value of `name=value`, the user of a URL. */
export function withoutValue(word: string): string {
  return word.replace(/=[\s\S]+/, '=…').replace(/^([a-z]+:\/\/)?[\s\S]*@/i, '$1…@');
}

/** At most `limit` characters, the rest told by `…`. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

/** The last four characters, which tell two keys apart and give none away; nothing at all of a short one. */
export function masked(secret: string): string {
  return `********${secret.length < 16 ? '' : secret.slice(-4)}`;
}
