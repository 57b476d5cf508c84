import { type Clock, within } from '../clock.ts';

interface TurnLimits {
  /** On the monotonic clock; Infinity for none. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

/** A call that waits; `next` is the one behind it. */
interface Waiting {
  next?: Waiting;
  take(): void;
  hasTurn: boolean;
  /** It is over: its limit came first. */
  isOver: boolean;
}

/** Limits how many requests are in flight. A call that waits for its turn is not signed yet, and its time limit has not begun. */
export class Turns {
  #free: number;
  /** A list with links: to take the first of thousands out of an array or a Set takes longer the more there are. */
  #first: Waiting | undefined;
  #last: Waiting | undefined;

  constructor(count: number) {
    this.#free = count;
  }

  /** Does `work` in a turn, in the order of the calls; undefined where a limit comes before the turn. */
  async run<T>(work: () => Promise<T>, clock: Clock, limits: TurnLimits): Promise<T | undefined> {
    if (this.#free > 0) this.#free -= 1;
    else if (!(await this.#next(clock, limits))) return undefined;
    try {
      return await work();
    } finally {
      this.#giveBack();
    }
  }

  async #next(clock: Clock, { deadline, signal }: TurnLimits): Promise<boolean> {
    const waiting: Waiting = { take() {}, hasTurn: false, isOver: false };
    const turn = new Promise<boolean>((resolve) => {
      waiting.take = () => resolve(true);
    });
    if (this.#last) this.#last.next = waiting;
    else this.#first = waiting;
    this.#last = waiting;
    const isTaken = await within(clock, { ms: deadline - clock.monotonic(), signal }, turn, () => false);
    waiting.isOver = true;
    // A turn may come together with the limit.
    const isInTime = isTaken && clock.monotonic() < deadline;
    if (!isInTime && waiting.hasTurn) this.#giveBack();
    return isInTime;
  }

  #giveBack(): void {
    let next = this.#first;
    while (next?.isOver) next = next.next;
    this.#first = next?.next;
    if (!this.#first) this.#last = undefined;
    if (!next) {
      this.#free += 1;
      return;
    }
    next.hasTurn = true;
    next.take();
  }
}
