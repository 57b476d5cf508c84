/**
 * Makes control characters visible: C0, DEL, C1, line separators and the bidirectional and zero-width marks become `\u{1b}`.
 * Whatever a service, proxy, file name or variable contains then cannot move the cursor, set a title or forge a line.
 */
export function visible(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu,
    (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`,
  );
}

/** At most `limit` characters, the rest told by `…`. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

/** The last four characters, which tell two keys apart and give none away; nothing at all of a short one. */
export function masked(secret: string): string {
  return `********${secret.length < 16 ? '' : secret.slice(-4)}`;
}
