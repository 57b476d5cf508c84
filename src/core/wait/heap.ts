/** A binary heap of what is due some time: the earliest is at the front. Push and pop in O(log n). */
export class Heap<T extends { readonly due: number }> {
  readonly #items: T[] = [];

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (items[parent]!.due <= item.due) break;
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

  /** Changes every due time through `change`, which must keep their order (as setting all to the same time does). */
  forEach(change: (item: T) => void): void {
    this.#items.forEach(change);
  }

  #sink(item: T): void {
    const items = this.#items;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]!.due < items[child]!.due) child += 1;
      if (item.due <= items[child]!.due) break;
      items[index] = items[child]!;
      index = child;
    }
    items[index] = item;
  }
}
