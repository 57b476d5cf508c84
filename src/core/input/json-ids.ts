/** What a value of a document may hold. */
type Role = 'document' | 'tasks' | 'task' | 'id' | 'ignored';

interface Frame {
  readonly isArray: boolean;
  readonly role: Role;
  /** The names of an object so far: only those that say what it is. */
  readonly names: Set<string>;
  /** The name whose value comes next. */
  name: string;
  /** Its ID so far, as it stands in the text, and its line. */
  id?: readonly [token: string, line: number];
}

type Expected = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'commaOrEnd';

/** Thrown for a document or a task without an id. */
export class NoIdError extends Error {}

/** Where an id may stand: in a document, and in each element of its `tasks`. */
const ID_NAMES = ['id', 'TaskId', 'taskId'] as const;
/** Every place of an id, as error messages list them. */
export const ID_PLACES = [...ID_NAMES, 'tasks[].id', 'Tasks[].TaskId'];
const TASKS_NAMES = ['tasks', 'Tasks'];
/** The names that every event of `mmai watch -o ndjson` has. */
const EVENT_NAMES = ['v', 'type', 'seq'];
/** No document of ours is deeper than five; without a limit `[[[[…` would be held in memory. */
const MAX_DEPTH = 64;

/**
 * Follows one JSON value, an object or an array of such, token by token, and keeps of it only where it is. `onId` gets each id
 * as it stands in the text, a number, or a string with its quotes, and its line. A string or number in place of an object is an id too, as in
 * the output of `--query tasks[].id`.
 */
export class JsonIds {
  readonly #onId: (token: string, line: number) => void;
  readonly #frames: Frame[] = [];
  #expected: Expected = 'value';

  constructor(onId: (token: string, line: number) => void) {
    this.#onId = onId;
  }

  /**
   * True when the value is complete. Throws a SyntaxError for a token that cannot stand here, a {@link NoIdError} at the end of
   * an object without an id.
   */
  push(token: string, line: number): boolean {
    if (token === '{' || token === '[') this.#open(token === '[');
    else if (token === '}' || token === ']') this.#close(token === ']');
    else if (token === ',') this.#separate();
    else if (token === ':') this.#take('colon', 'value');
    else if (this.#expected === 'name' || this.#expected === 'nameOrEnd') this.#name(token);
    else this.#scalar(token, line);
    return this.#frames.length === 0;
  }

  #open(isArray: boolean): void {
    const role = this.#role();
    this.#take('value', isArray ? 'valueOrEnd' : 'nameOrEnd');
    if (role === 'id') throw new NoIdError();
    if (this.#frames.length >= MAX_DEPTH) throw new SyntaxError('too deep');
    if (role === 'tasks' && isArray) this.#frames.at(-1)!.names.add('tasks');
    // An object in place of the list of tasks is none of ours.
    const isKnown = role === 'document' || (role === 'tasks' && isArray) || (role === 'task' && !isArray);
    this.#frames.push({ isArray, role: isKnown ? role : 'ignored', names: new Set(), name: '' });
  }

  #close(isArray: boolean): void {
    const frame = this.#frames.pop();
    const isEnd = this.#expected === 'commaOrEnd' || this.#expected === (isArray ? 'valueOrEnd' : 'nameOrEnd');
    if (frame?.isArray !== isArray || !isEnd) throw new SyntaxError('an end of nothing');
    this.#expected = 'commaOrEnd';
    const { role, names, id } = frame;
    if (id !== undefined) this.#onId(...id);
    if (isArray || role === 'ignored' || id !== undefined || names.has('tasks')) return;
    if (role === 'task' || !isEvent(frame)) throw new NoIdError();
  }

  #separate(): void {
    const frame = this.#frames.at(-1);
    if (!frame) throw new SyntaxError('a comma outside');
    this.#take('commaOrEnd', frame.isArray ? 'value' : 'name');
  }

  #name(token: string): void {
    if (!token.startsWith('"')) throw new SyntaxError('a name is a string');
    const frame = this.#frames.at(-1)!;
    frame.name = JSON.parse(token) as string;
    if (EVENT_NAMES.includes(frame.name)) frame.names.add(frame.name);
    this.#expected = 'colon';
  }

  #scalar(token: string, line: number): void {
    const role = this.#role();
    this.#take('value', 'commaOrEnd');
    if (role === 'ignored' || role === 'tasks') return;
    if (role !== 'id') return this.#onId(token, line);
    const frame = this.#frames.at(-1)!;
    // Where a record has both, `id` is the record's own, not the task's.
    if (frame.name !== 'id' || frame.id === undefined) frame.id = [token, line];
  }

  #take(wanted: 'value' | 'colon' | 'commaOrEnd', next: Expected): void {
    const isWanted = this.#expected === wanted || (wanted === 'value' && this.#expected === 'valueOrEnd');
    if (!isWanted) throw new SyntaxError(`${this.#expected} expected`);
    this.#expected = next;
  }

  /** The role of the value that comes next. */
  #role(): Role {
    const frame = this.#frames.at(-1);
    if (!frame) return 'document';
    const { isArray, role, name } = frame;
    if (isArray) return role === 'tasks' ? 'task' : role;
    // What begins a wait names tasks that no other event may name: those that were never checked.
    if (role === 'document' && (TASKS_NAMES.includes(name) || (name === 'ids' && isEvent(frame)))) return 'tasks';
    return role !== 'ignored' && (ID_NAMES as readonly string[]).includes(name) ? 'id' : 'ignored';
  }
}

// --- internal ---

function isEvent({ names }: Frame): boolean {
  return EVENT_NAMES.every((name) => names.has(name));
}
