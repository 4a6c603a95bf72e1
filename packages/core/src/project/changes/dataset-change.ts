import { type DatasetVersion, TidegateError } from '@tidegate/formats';
import { type Change, type ColumnDifference, compareVersions, readVersion } from '../../data/index.ts';
import type { ColumnChanged, StoredResult, TableChanged } from '../../pipeline/index.ts';
import type { Project } from '../project.ts';

/** What two results of a dataset's step have differently, by schema and profile; null for results of another kind. */
export async function datasetChange(project: Pick<Project, 'store'>, was: StoredResult, is: StoredResult): Promise<TableChanged | null> {
  const [before, after] = [await versionOf(project, was), await versionOf(project, is)];
  if (before === null || after === null) return null;
  const { rows, added, removed, retyped, columns } = compareVersions(before, after);
  const moved = columns.toSorted((a, b) => Math.abs(b.shift ?? 0) - Math.abs(a.shift ?? 0));
  return {
    kind: 'table',
    rows,
    added: added.map(({ name }) => name),
    removed: removed.map(({ name }) => name),
    columns: [
      ...retyped.map(({ name, before: old, after: now }) => ({ name, figure: 'type', before: old, after: now })),
      ...moved.flatMap(figureOf),
    ].slice(0, mostColumns),
  };
}

const mostColumns = 10;

async function versionOf({ store }: Pick<Project, 'store'>, { outputs }: StoredResult): Promise<DatasetVersion | null> {
  const { version } = outputs;
  if (version === undefined) return null;
  try {
    return await readVersion(store, { digest: version.digest });
  } catch (error) {
    if (error instanceof TidegateError) return null; // another kind's output of that name, or its record is gone
    throw error;
  }
}

/** The figure that says most of what became of a column. */
function figureOf({ name, nullShare, mean, min, max, distinct }: ColumnDifference): readonly ColumnChanged[] {
  const figures: readonly (readonly [string, Change<number | string | null>])[] = [
    ['share of nulls', nullShare],
    ['mean', mean],
    ['min', min],
    ['max', max],
    ['distinct', distinct],
  ];
  const first = figures.find(([, { before, after }]) => before !== after);
  return first === undefined ? [] : [{ name, figure: first[0], ...first[1] }];
}
