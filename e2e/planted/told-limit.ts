import { type Engine, quoteName } from '@tidegate/runtime';
import { halfColumn } from '../../packages/core/src/data/drift/count-columns.ts';
import { currentColumn, valueSql } from '../../packages/core/src/data/drift/current-column.ts';
import { referenceColumn } from '../../packages/core/src/data/drift/reference-column.ts';
import { rowColumn } from './chance.ts';
import { isNumber } from './column-facts.ts';
import type { SmallestFound } from './detectors/detector.ts';
import type { Fault } from './fault.ts';
import { plant } from './plant.ts';
import { type Given, plantingOf } from './sizes.ts';

/**
 * The size of a fault from which on drift itself says that it finds it with a chance of 80 %, whichever of its columns that is said of. No fault is looked at for it but by how
 * far it moves the bins that columns are judged by.
 *
 * @returns null when drift says nothing of such a fault, or that it would not find it at any size up to the gross one
 */
export async function toldLimit(
  engine: Engine,
  fault: Fault,
  { given, smallest, gross }: { readonly given: Given; readonly smallest: SmallestFound; readonly gross: number },
): Promise<number | null> {
  const { told } = fault;
  const [column = ''] = given.columnsOfRole;
  const own = smallest.columns.get(column);
  const within = (size: number | null | undefined): number | null =>
    size === null || size === undefined || size > gross ? null : Number(size.toPrecision(3));
  if (told === undefined) return null;
  switch (told) {
    case 'deviations':
      return within(own?.deviations);
    case 'spread':
      return within(own?.spread === null || own?.spread === undefined ? null : own.spread - 1);
    case 'missing':
      return within(own?.missing);
    case 'unseen':
      return own?.unseen === null || own?.unseen === undefined ? null : Math.ceil(own.unseen * given.rows);
    case 'vocabulary': {
      const distance = smallest.vocabulary.get(column);
      return distance === undefined ? null : Math.ceil(distance * given.rows);
    }
    case 'characters':
      return within(await sizeAtDistance(engine, fault, { given, gross, wanted: smallest.characters, isLength: true }));
    case 'distance': {
      const wanted = new Map(
        [...smallest.columns].flatMap(([name, { distance }]) => (distance === null ? [] : [[name, distance] as const])),
      );
      return within(await sizeAtDistance(engine, fault, { given, gross, wanted, isLength: false }));
    }
  }
}

interface Wanted {
  readonly given: Given;
  readonly gross: number;
  /** By column the distance that would be found. */
  readonly wanted: ReadonlyMap<string, number>;
  /** Whether the lengths of texts are what is counted. */
  readonly isLength: boolean;
}

/** The least size, to a hundredth, at which the bins of one of the columns are that far apart when the fault is planted in the earlier rows themselves. */
async function sizeAtDistance(engine: Engine, fault: Fault, { given, gross, wanted, isLength }: Wanted): Promise<number | null> {
  const columns = given.columnsOfRole.filter((column) => wanted.has(column));
  const isReached = async (size: number): Promise<boolean> => {
    const change = fault.change(plantingOf(given, size));
    if (change.kind === 'in the other table') return false;
    await plant(engine, change, { from: 'past', to: 'tried', seed: `told:${fault.kind}` });
    for (const column of columns) if ((await distanceOf(engine, column, { given, isLength })) >= (wanted.get(column) ?? 1)) return true;
    return false;
  };
  if (!(await isReached(gross))) return null;
  let [low, high] = [0, gross];
  while (high - low > 0.01 * high) {
    const middle = (low + high) / 2;
    if (await isReached(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The plain total variation distance of the table `tried` from `past` in the bins of one column. */
async function distanceOf(engine: Engine, column: string, { given, isLength }: Pick<Wanted, 'given' | 'isLength'>): Promise<number> {
  const type = isLength || isNumber(given.facts(column).type) ? 'number' : 'string';
  const value = isLength ? `length(${quoteName(column)})::DOUBLE` : valueSql(column, { type });
  const side = (table: string) => ({
    table: `(SELECT *, (${quoteName(rowColumn)} % 2)::INT AS ${quoteName(halfColumn)} FROM ${table})`,
    value,
  });
  const reference = await referenceColumn(engine, side('past'), { name: column, type, role: 'input' });
  const { binned } = await currentColumn(engine, side('tried'), reference);
  const shares = ([first, second]: typeof binned.reference): readonly number[] => {
    const counts = first.map((count, bin) => count + (second[bin] ?? 0));
    const all = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => count / all);
  };
  const [before, now] = [shares(binned.reference), shares(binned.current)];
  return before.reduce((sum, share, bin) => sum + Math.abs(share - (now[bin] ?? 0)) / 2, 0);
}
