/** An object of JSON whose values are not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** True of an object that is no array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON object, or undefined for every other text. The parser's own message is dropped: it quotes the text. */
export function parseRecord(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A field's text without blanks around it; undefined if it is empty, absent or no text. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' ? value.trim() || undefined : undefined;
}
