/** Numbers that come out smallest first: a binary heap. */
export interface ReadyQueue {
  readonly push: (rank: number) => void;
  /** Undefined when nothing is left. */
  readonly pop: () => number | undefined;
  readonly peek: () => number | undefined;
}

export function readyQueue(): ReadyQueue {
  const heap: number[] = [];
  const at = (index: number): number => heap[index] ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number): void => void ([heap[a], heap[b]] = [at(b), at(a)]);
  const rise = (from: number): void => {
    for (let index = from, parent = (index - 1) >> 1; index > 0 && at(index) < at(parent); index = parent, parent = (index - 1) >> 1)
      swap(index, parent);
  };
  const sink = (): void => {
    for (let index = 0; ;) {
      const child = at(2 * index + 1) <= at(2 * index + 2) ? 2 * index + 1 : 2 * index + 2;
      if (at(index) <= at(child)) return;
      swap(index, child);
      index = child;
    }
  };
  return {
    push: (rank) => rise(heap.push(rank) - 1),
    peek: () => heap[0],
    pop: () => {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) {
        heap[0] = last;
        sink();
      }
      return first;
    },
  };
}
