import type { StepName, TableRecord } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { compareSchemas, type SchemaChange, tableAt } from '../../data/index.ts';
import { type ColumnReader, columnReaders } from '../data/readings/column-readers.ts';
import type { Project } from '../project.ts';
import { addedReading, pinnedTree } from './readings.ts';

/** A dataset that comes from elsewhere, whose columns are others in what was read last than in the pinned version. */
export interface ChangedColumns {
  readonly dataset: string;
  readonly changes: readonly SchemaChange[];
  readonly readers: readonly ColumnReader[];
}

/** Which datasets among the steps have other columns now, and what names those that are gone, renamed or of another type. */
export async function changedColumns(project: Project, steps: readonly StepName[]): Promise<readonly ChangedColumns[]> {
  const found: ChangedColumns[] = [];
  for (const [dataset, { from }] of Object.entries(project.config.data)) {
    if (from.source === undefined || !steps.some((step) => step === `data.${dataset}`)) continue;
    const changes = await changesOf(project, dataset);
    if (changes.length > 0) found.push({ dataset, changes, readers: await columnReaders(project, dataset, formerColumns(changes)) });
  }
  return found;
}

/** Names by which readers know columns that are not as they were. */
export function formerColumns(changes: readonly SchemaChange[]): readonly string[] {
  return changes.flatMap((change) => {
    if (change.kind === 'renamed') return [change.from];
    return change.kind === 'dropped' || change.kind === 'retyped' ? [change.column] : [];
  });
}

async function changesOf(project: Project, dataset: string): Promise<readonly SchemaChange[]> {
  const added = addedReading(project, dataset)?.tree ?? null;
  const pinned = added === null ? null : await pinnedTree(project, dataset).catch(() => null);
  if (added === null || pinned === null) return [];
  const [before, after] = [await tableAt(project.store, pinned).catch(() => null), await tableAt(project.store, added)];
  if (before === null || after === null || JSON.stringify(before.columns) === JSON.stringify(after.columns)) return [];
  using engine = await openEngine({ threads: 1 });
  return await compareSchemas(engine, {
    before: { columns: before.columns, rows: await rowsSql(project, before, pinned) },
    after: { columns: after.columns, rows: await rowsSql(project, after, added) },
    key: after.key.filter((name) => before.columns.some((column) => column.name === name)),
  });
}

async function rowsSql({ store }: Project, { columns }: TableRecord, tree: Parameters<Project['store']['readTree']>[0]): Promise<string> {
  const files = await Promise.all((await store.readTree(tree)).entries.map(({ digest }) => store.pathOf(digest)));
  const none = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS "${name.replaceAll('"', '""')}"`).join(', ');
  return files.length === 0 ? `SELECT ${none} WHERE false` : `SELECT * FROM read_parquet([${files.map(quoteText).join(', ')}])`;
}
