import { matchesGlob } from 'node:path';
import { failure } from '@tidegate/formats';
import { folderNames } from '../../config/index.ts';

/** Which partitions somebody wants. */
export interface PartitionChoice {
  /** What they are by: a column, or a unit of time; null = whatever the partitions are by. */
  readonly name: string | null;
  readonly matches: (partition: string) => boolean;
  /** As it was written. */
  readonly text: string;
}

/**
 * Reads `day=2026-01-01`, `2026-01-01`, a pattern (`day=2026-01-*`), or a range with both of its ends (`day=2026-01-01..2026-01-07`), of which one may be left out.
 *
 * @throws TG-CLI-USAGE
 */
export function parsePartitionChoice(text: string): PartitionChoice {
  const [, name = null, wanted = ''] = /^(?:([^=/]+)=)?([^=/]+)$/.exec(text) ?? [];
  if (wanted === '')
    throw failure(
      'TG-CLI-USAGE',
      `Cannot read the partition "${text}": it is none`,
      'Write "--partition day=2026-01-01", a pattern ("day=2026-01-*") or a range ("day=2026-01-01..2026-01-07")',
    );
  const [, from = '', to = ''] = /^(.*)\.\.(.*)$/.exec(wanted) ?? [];
  const isRange = wanted.includes('..');
  return {
    name,
    text,
    matches: (partition) => (isRange ? partition >= from && (to === '' || partition <= to) : matchesGlob(partition, wanted)),
  };
}

/** Whether a path lies in one of these partitions, as its folders say: `data/events/day=2026-01-01/a.parquet`. */
export function isPathIn(path: string, choices: readonly PartitionChoice[]): boolean {
  const folders = folderNames(path);
  return choices.some((choice) => folders.some(({ name, value }) => (choice.name ?? name) === name && choice.matches(value ?? '')));
}
