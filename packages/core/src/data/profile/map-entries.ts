import type { Cell } from '@tidegate/runtime';
import { isList } from './column-facts.ts';
import { cellText } from '../read/cell-text.ts';

/** A map of counts: the engine gives it as a list of keys and values, in the order of the keys. */
export function entriesOf(cell: Cell): readonly (readonly [string, number])[] {
  if (!isList(cell)) return [];
  return cell.flatMap((entry) =>
    entry !== null && typeof entry === 'object' && 'key' in entry && 'value' in entry
      ? [[cellText(entry.key), Number(entry.value)] as const]
      : [],
  );
}
