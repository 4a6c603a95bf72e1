import type { Cell } from '@tidegate/runtime';

/** A cell as text: a text as it is, anything else as JSON. */
export function cellText(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : JSON.stringify(cell ?? null);
}
