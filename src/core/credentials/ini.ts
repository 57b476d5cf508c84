import type { credentialsEn } from '../../locales/en/credentials.ts';

/**
 * The dialect of `~/.alibabacloud/credentials`. Two parsers define it, Go's ini.v1 and Python's configparser, with
 * which the SDKs read the file. What both read alike is read so; a line on which they differ is a fault, since either reading could
 * sign as another user.
 */

/** Why a line is refused. */
type IniReason = keyof (typeof credentialsEn)['lineFaults'];

/** A line that means different things to different SDKs, or nothing to any. */
export class IniFault extends Error {
  override readonly name = 'IniFault';
  /** Counted from 1. */
  readonly line: number;
  readonly reason: IniReason;

  constructor(line: number, reason: IniReason) {
    super(`line ${line}: ${reason}`);
    this.line = line;
    this.reason = reason;
  }
}

/**
 * The values of `keys` in the section `name`; undefined where there is no such section. Throws an {@link IniFault} for a line
 * that breaks the structure of the file, wherever it is, and for a value of this section that is read in two ways.
 */
export function readIniSection(
  text: string,
  name: string,
  keys: readonly string[],
): Record<string, string> | undefined {
  const sections = parse(text);
  const section = sections.get(name);
  if (!section) {
    const padded = [...sections].find(([other]) => other.trim() === name);
    if (padded) throw new IniFault(padded[1].line, 'sectionBlanks');
    return undefined;
  }
  const values: Record<string, string> = {};
  for (const key of keys) {
    const entry = section.entries.get(key);
    if (entry === undefined) {
      const parent = parentsOf(name).find((other) => sections.get(other)?.entries.has(key));
      if (parent) throw new IniFault(sections.get(parent)!.entries.get(key)!.line, 'inherited');
      continue;
    }
    if (entry.key !== key) throw new IniFault(entry.line, 'letterCase');
    values[key] = withoutComment(entry);
  }
  return values;
}

// --- internal ---

interface Entry {
  readonly line: number;
  readonly key: string;
  /** As written, with a comment after it. */
  readonly text: string;
}

interface Section {
  readonly line: number;
  /** By the key in lower case. */
  readonly entries: Map<string, Entry>;
}

/** A line with a comment alone, after what every parser takes for a blank. */
const COMMENT = /^[^\S\ufeff]*[#;]/;
/** Characters that Python (all but U+FEFF), Go (U+0085) and JavaScript (U+FEFF) disagree about being blanks at the end of a name or value. */
const OTHER_BLANKS = /[\u001c-\u001f\u0085\ufeff]/;

/** The sections by their exact names. */
function parse(text: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  let section: Section | undefined;
  let indent = 0;
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const content = raw.trim();
    const line = index + 1;
    if (raw.includes('\r') || (!COMMENT.test(raw) && OTHER_BLANKS.test(raw))) throw new IniFault(line, 'invisible');
    if (content === '' || COMMENT.test(raw)) continue;
    const ownIndent = raw.search(/\S/);
    // Python takes a line that is indented deeper than the key above it for the rest of its value.
    if (section && section.entries.size > 0 && ownIndent > indent) throw new IniFault(line, 'indent');
    indent = ownIndent;
    if (content.startsWith('[')) {
      const name = sectionName(content, line);
      if (sections.has(name)) throw new IniFault(line, 'duplicateSection');
      section = { line, entries: new Map() };
      sections.set(name, section);
      continue;
    }
    const entry = entryOf(content, line);
    if (!section) throw new IniFault(line, 'noSection');
    if (section.entries.has(entry.key.toLowerCase())) throw new IniFault(line, 'duplicateKey');
    section.entries.set(entry.key.toLowerCase(), entry);
  }
  return sections;
}

/** What follows the bracket is a comment to both. They read up to the last bracket of the line, so there must be one only. */
function sectionName(content: string, line: number): string {
  const name = /^\[([^\]]+)\][^\]]*$/.exec(content)?.[1];
  if (name === undefined) throw new IniFault(line, 'bracket');
  return name;
}

function entryOf(content: string, line: number): Entry {
  const at = content.search(/[=:]/);
  if (at < 1) throw new IniFault(line, 'noDelimiter');
  const text = content.slice(at + 1).trim();
  // Go reads on in the next lines after these.
  if (text.endsWith('\\')) throw new IniFault(line, 'continuation');
  if (/^["`]/.test(content) || /^(?:`|""")/.test(text)) throw new IniFault(line, 'quotes');
  return { line, key: content.slice(0, at).trim(), text };
}

/** The sections whose keys others have too: to Python those of `DEFAULT`, to Go of a name up to one of its dots. */
function parentsOf(name: string): string[] {
  const parts = name.split('.');
  return ['DEFAULT', ...parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'))];
}

/** The value without its comment: a `#` after a blank, as in the SDKs' documentation. */
function withoutComment({ line, text }: Entry): string {
  const value = text.replace(/(^|\s)#.*$/, '').trim();
  if (/[#;]/.test(value)) throw new IniFault(line, 'commentMark');
  if (/^["']/.test(value)) throw new IniFault(line, 'quotes');
  // A reference to another key, to both; by itself nothing or an error.
  if (value.includes('%')) throw new IniFault(line, 'percent');
  return value;
}
