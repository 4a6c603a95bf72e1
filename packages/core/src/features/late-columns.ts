import type { DatasetVersion } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { showDataset } from './dataset-tables.ts';

/** A column whose value in a row becomes known at a time that another column of the row says. */
export interface LateColumn {
  /** Unique in its dataset. */
  readonly index: number;
  readonly dataset: string;
  readonly column: string;
  readonly knownAt: string;
  /** The engine's type. */
  readonly type: string;
}

/**
 * How values look that are not known yet: `absent` = NULL, and a row of which nothing is known is not there; `otherwise` = a value
 * that could as well be, later times for times. What is known is as it is in both.
 */
export type World = 'absent' | 'otherwise';

export function lateColumnsOf(datasets: readonly DatasetVersion[]): readonly LateColumn[] {
  return datasets.flatMap((version) =>
    version.columns.flatMap((column, index) => {
      const knownAt = Object.hasOwn(version.knownAt, column.name) ? version.knownAt[column.name] : undefined;
      return knownAt === undefined ? [] : [{ index, dataset: version.dataset, column: column.name, knownAt, type: column.physicalType }];
    }),
  );
}

/** Lets SQL of users see the datasets as they are. */
export async function showAll(engine: Engine, datasets: readonly DatasetVersion[]): Promise<void> {
  for (const { dataset } of datasets) await engine.run(showDataset(dataset, `SELECT * FROM data.${quoteName(dataset)}`));
}

export interface Moment {
  /** The engine's text of a time. */
  readonly at: string;
  readonly world: World;
  /** The columns to hide; what is not among them is shown whenever it became known. */
  readonly hide: readonly LateColumn[];
}

/** Lets SQL of users see the datasets as they were known at a moment. */
export async function showKnownAt(engine: Engine, datasets: readonly DatasetVersion[], moment: Moment): Promise<void> {
  for (const version of datasets) {
    const hide = moment.hide.filter((late) => late.dataset === version.dataset);
    const from = `SELECT * FROM data.${quoteName(version.dataset)}`;
    await engine.run(showDataset(version.dataset, hide.length === 0 ? from : knownPart(version, { ...moment, hide })));
  }
}

/** Prepares the world `otherwise`: the two most frequent values of each column, so that what is made up is nothing unheard of. */
export async function findUsualValues(engine: Engine, datasets: readonly DatasetVersion[], late: readonly LateColumn[]): Promise<void> {
  for (const { dataset } of datasets) {
    const lists = late
      .filter((column) => column.dataset === dataset)
      .map((column) => `approx_top_k(${quoteName(column.column)}, 2) AS usual_${column.index}`);
    if (lists.length > 0)
      await engine.run(`CREATE OR REPLACE TABLE ${usualTable(dataset)} AS SELECT ${lists.join(', ')} FROM data.${quoteName(dataset)}`);
  }
}

/** Lets SQL of users see the same rows in another order, always the same one. */
export async function showShuffled(engine: Engine, datasets: readonly DatasetVersion[]): Promise<void> {
  for (const { dataset } of datasets) {
    const table = `work.${quoteName(`${dataset} shuffled`)}`;
    await engine.run(
      `CREATE TABLE IF NOT EXISTS ${table} AS SELECT * EXCLUDE (tidegate_row) FROM
         (SELECT *, row_number() OVER () AS tidegate_row FROM data.${quoteName(dataset)}) ORDER BY hash(tidegate_row)`,
    );
    await engine.run(showDataset(dataset, `SELECT * FROM ${table}`));
  }
}

function knownPart(version: DatasetVersion, { at, world, hide }: Moment): string {
  const known = (late: LateColumn): string => `coalesce(${quoteName(late.knownAt)} <= TIMESTAMP ${quoteText(at)}, false)`;
  const replaced = hide.map((late) => {
    const instead = world === 'absent' ? '' : `ELSE ${otherValue(late)} `;
    return `CASE WHEN ${known(late)} THEN ${quoteName(late.column)} ${instead}END AS ${quoteName(late.column)}`;
  });
  const everyColumnIsLate = version.columns.every((column) => hide.some((late) => late.column === column.name));
  const there = world === 'absent' && everyColumnIsLate ? `WHERE ${hide.map(known).join(' OR ')}` : '';
  return `SELECT * REPLACE (${replaced.join(', ')}) FROM data.${quoteName(version.dataset)} ${there}`;
}

/** Never the value itself, unless the column has only one; a NULL stays one. What says when something is known moves to later, so that it stays unknown. */
function otherValue({ dataset, column, type, index }: LateColumn): string {
  const value = quoteName(column);
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return `CAST(${value} + INTERVAL 7 DAY AS ${type})`;
  const usual = `(SELECT usual_${index} FROM ${usualTable(dataset)})`;
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN ${value} = ${usual}[1] THEN ${usual}[2] ELSE ${usual}[1] END`;
}

function usualTable(dataset: string): string {
  return `work.${quoteName(`${dataset} usual`)}`;
}
