/** The fields of a document by lower-case name, since some gateways write them so: text, or something to call {@link fieldsOf} with. */
export type ResponseFields = ReadonlyMap<string, unknown>;

/** The top-level fields, or undefined for anything but JSON and XML. */
export async function readFields(body: Uint8Array): Promise<ResponseFields | undefined> {
  if (body[0] !== 0x7b /* { */ && isHtml(body)) return undefined;
  const text = utf8.decode(body).trim();
  try {
    if (text.startsWith('{')) return fieldsOf(JSON.parse(text));
    if (text.startsWith('<') && text.length <= MAX_XML) return fieldsOf(separate(await parseXml(text)));
  } catch {
    // An unreadable response has a code of its own.
  }
  return undefined;
}

/** The fields of an object, or undefined for anything else, and for one with more than any response has. */
export function fieldsOf(value: unknown): ResponseFields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = new Map<string, unknown>();
  const names = Object.keys(value);
  if (names.length > MAX_FIELDS) return undefined;
  for (const name of names) {
    const field = (value as Record<string, unknown>)[name];
    const key = name.toLowerCase();
    // Where a gateway added a spelling of its own, the service's counts.
    if (!fields.has(key) || /^[A-Z][a-z]/.test(name))
      fields.set(key, typeof field === 'number' ? String(field) : field);
  }
  return fields;
}

/** A field's text, or undefined if it is absent or no text; `name` in lower case. */
export function textField(fields: ResponseFields | undefined, name: string): string | undefined {
  const value = fields?.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** A field that is an integer. */
export function integerField(fields: ResponseFields, name: string): number | undefined {
  const text = textField(fields, name);
  return text !== undefined && /^\s*-?\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

/** A page of a proxy or a gateway. */
export function isHtml(body: Uint8Array): boolean {
  return HTML.test(utf8.decode(body.subarray(0, 512)));
}

// --- internal ---

/** The service's responses are some hundred characters. In a second that a megabyte of XML or of fields takes, no signal is handled. */
const MAX_XML = 128 * 1024;
const MAX_FIELDS = 1000;
const HTML = /^\s*<(?:!doctype\s+html|html|head|body)\b/i;
const utf8 = new TextDecoder();

/** A copy that holds nothing of the text that it was parsed from; what JSON.parse makes is one. */
function separate(document: unknown): unknown {
  return document === undefined ? undefined : JSON.parse(JSON.stringify(document));
}

/**
 * XML as nested records of text. One newer sample lacks the root element, so there may be one or none. A document type is
 * refused, entities with it.
 */
async function parseXml(text: string): Promise<unknown> {
  if (/<!(?:doctype|entity)/i.test(text)) return undefined;
  const { XMLParser } = await import('fast-xml-parser');
  // Values stay text: by default RequestId 007e1 would become the number 70.
  // Only with `htmlEntities` are characters given by number read.
  const parser = new XMLParser({ parseTagValue: false, ignorePiTags: true, removeNSPrefix: true, htmlEntities: true });
  const { answer } = parser.parse(`<answer>${text.replace(/^<\?xml[^>]*\?>/, '')}</answer>`, true);
  const [root, ...others] = Object.values(answer);
  return others.length === 0 && typeof root === 'object' ? root : answer;
}
