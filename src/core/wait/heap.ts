/** What a heap orders: by due time, equal ones by `order`, which no two have in common. */
interface Due {
  due: number;
  readonly order: number;
}

/** A binary heap of what is due some time: the earliest is at the front. Push and pop in O(log n). */
export class Heap<T extends Due> {
  readonly #items: T[] = [];

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(item, items[parent]!)) break;
      items[index] = items[parent]!;
      index = parent;
    }
    items[index] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length > 0) this.#sink(last!);
    return first;
  }

  /** Makes every item due when `dueOf` says. O(n log n). */
  reschedule(dueOf: (item: T) => number): void {
    for (const item of this.#items) item.due = dueOf(item);
    // A sorted array is a heap.
    this.#items.sort((a, b) => a.due - b.due || a.order - b.order);
  }

  clear(): void {
    this.#items.length = 0;
  }

  #sink(item: T): void {
    const items = this.#items;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child += 1;
      if (!isBefore(items[child]!, item)) break;
      items[index] = items[child]!;
      index = child;
    }
    items[index] = item;
  }
}

// --- internal ---

function isBefore(one: Due, other: Due): boolean {
  return one.due < other.due || (one.due === other.due && one.order < other.order);
}
