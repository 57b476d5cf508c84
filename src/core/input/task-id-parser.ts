import { type MmaiError, usageError } from '../../errors.ts';
import { copied, shortened } from '../../text/safe-text.ts';
import { parseTaskId, type TaskId } from '../task.ts';
import { ID_PLACES, JsonIds, NoIdError } from './json-ids.ts';
import { readToken } from './json-tokens.ts';

/** What is kept of a line at most: an id has 19 digits, and only the first column matters. In characters. */
const MAX_LINE = 4096;
/** Two million tasks fit into a heap of 1 GiB; whatever sends more lines than this has no end (`yes 123`). */
const MAX_IDS = 2_000_000;
const NEWLINE = 0x0a;

/**
 * Finds task ids in text that comes in pieces: one on a line, with blank lines and `# comments`; the first column of a table
 * (tab-separated, or as `status` prints it); JSON over any number of lines (see {@link JsonIds}). Holds a line or a token.
 */
export class TaskIdParser {
  readonly #ids = new Set<TaskId>();
  #count = 0;
  #line = 1;
  #rest = '';
  /** Set while a JSON value has begun and not ended. */
  #json: JsonIds | undefined;
  /** The rest of a line that was too long to keep is passed over. */
  #skipsLine = false;

  /** Each id once, in the order of the text. */
  get ids(): ReadonlySet<TaskId> {
    return this.#ids;
  }

  /** Takes the next piece of text. Throws a usage error that names the line of the first value that is no task id. */
  push(text: string): void {
    this.#rest += text;
    this.#parse(false);
  }

  /** Takes what is left when no more text comes. Throws the same, and for JSON that ends early. */
  end(): void {
    this.#parse(true);
    if (this.#json) throw this.#badJson();
  }

  #parse(isLast: boolean): void {
    // Where it goes on; what lies before is dropped once, at the end.
    let at = 0;
    for (;;) {
      const next = this.#json ? this.#parseToken(at, isLast) : this.#parseLine(at, isLast);
      if (next === null) break;
      at = next;
    }
    this.#rest = this.#rest.slice(this.#skipsLine ? this.#rest.length : at);
  }

  /** Where the text goes on after the line or the blanks at `start`; null where more text is needed. */
  #parseLine(start: number, isLast: boolean): number | null {
    const at = this.#skipsLine ? start : this.#skipBlanks(start);
    if (!this.#skipsLine && at < this.#rest.length && '{["'.includes(this.#rest[at]!)) {
      this.#json = new JsonIds((token, line) =>
        this.#add(token.startsWith('"') ? (JSON.parse(token) as string) : token, line),
      );
      return at;
    }
    const newline = this.#rest.indexOf('\n', at);
    const isWhole = newline >= 0 || isLast;
    if (!isWhole && (this.#skipsLine || this.#rest.length - at <= MAX_LINE)) return at === start ? null : at;
    const end = newline >= 0 ? newline : this.#rest.length;
    if (!this.#skipsLine) this.#addLine(this.#rest.slice(at, Math.min(end, at + MAX_LINE)));
    this.#skipsLine = !isWhole;
    if (newline < 0) return isLast && at < end ? end : null;
    this.#line += 1;
    return newline + 1;
  }

  #parseToken(start: number, isLast: boolean): number | null {
    const at = this.#skipBlanks(start);
    if (at === this.#rest.length) return at === start ? null : at;
    try {
      const token = readToken(this.#rest, at, isLast);
      if (!token) return at === start ? null : at;
      if (this.#json!.push(token.text, this.#line)) this.#json = undefined;
      return token.end;
    } catch (error) {
      if (error instanceof NoIdError) throw usageError((m) => m.usage.noIdInObject(this.#line, ID_PLACES));
      if (error instanceof SyntaxError) throw this.#badJson(at);
      throw error;
    }
  }

  /** Past blanks, line breaks and byte order marks, which a file put behind another has in the middle. */
  #skipBlanks(start: number): number {
    let at = start;
    for (let code = this.#rest.charCodeAt(at); code <= 0x20 || code === 0xfeff; code = this.#rest.charCodeAt(at)) {
      if (code === NEWLINE) this.#line += 1;
      at += 1;
    }
    return at;
  }

  #addLine(line: string): void {
    // A table for people has two blanks between its columns, and a word in the second. Each run of blanks is searched once, from its start.
    const value = line.replace(/(^|\s)#.*/, '').replace(/\t.*|(?<! ) {2,}\p{L}.*/u, '');
    // A line that was cut ends with what may be half of something.
    if (value.trim() !== '') this.#add(line.length < MAX_LINE ? value.trim() : value);
  }

  #add(value: string, line = this.#line): void {
    this.#count += 1;
    if (this.#count > MAX_IDS) throw usageError((m) => m.usage.tooManyIds(MAX_IDS));
    try {
      // Its own memory: as a part of the text it would keep the whole of that.
      this.#ids.add(parseTaskId(copied(value)));
    } catch (error) {
      throw usageError((m) => m.usage.badTaskIdOnLine(line, shortened(value)), (error as MmaiError).hint);
    }
  }

  #badJson(at = 0): MmaiError {
    const line = this.#line;
    const quoted = shortened(this.#rest.slice(at, at + 1000).trim());
    return usageError((m) => m.usage.badJsonOnLine(line, quoted));
  }
}
