import { type Clock, within } from '../clock.ts';

interface TurnLimits {
  /** On the monotonic clock; Infinity for none. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

/** Lets so many requests be sent at once. What waits for its turn has not begun: it is not signed yet, and its time does not run. */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

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
    let take = () => {};
    const turn = new Promise<boolean>((resolve) => {
      take = () => resolve(true);
      this.#waiting.add(take);
    });
    const isTaken = await within(clock, { ms: deadline - clock.monotonic(), signal }, turn, () => false);
    // It may have got its turn just then.
    if (!isTaken && !this.#waiting.delete(take)) this.#giveBack();
    return isTaken;
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      next();
    } else this.#free += 1;
  }
}
