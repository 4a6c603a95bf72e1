import { canOverlap } from '../overlap.ts';
import { parsePartition } from '../partitions/partition-rule.ts';
import { type Check, membersOf, type ProjectDraft, type Report } from './draft.ts';

/** Partitions are those of a table or of folders of the project, and a table has a place of its own. */
export const checkTables: Check = (draft, report) => {
  for (const [name, dataset] of membersOf(draft.data)) {
    const files = dataset?.from?.files?.flatMap((pattern) => pattern ?? []);
    if (dataset === undefined || dataset.from === undefined) continue;
    checkPartitions(name, dataset, report);
    const folder = dataset.table?.folder ?? `tables/${name}`;
    const clash = dataset.table === undefined ? undefined : files?.find((pattern) => canOverlap(pattern, `${folder}/part-000000.parquet`));
    if (clash !== undefined)
      report(['data', name, 'table'], {
        code: 'TG-CONFIG-CONFLICT',
        message: `Cannot place the rows of "data.${name}" in "${folder}": "${clash}", which it is read from, means files there`,
        hint: 'Give "table" another "folder"',
        at: 'name',
      });
  }
};

type DatasetDraft = NonNullable<NonNullable<ProjectDraft['data']>[string]>;

function checkPartitions(name: string, { from, table, partitions, keep, push }: DatasetDraft, report: Report): void {
  const conflict = (member: 'partitions' | 'keep' | 'push', message: string, hint: string): void =>
    report(['data', name, member], { code: 'TG-CONFIG-CONFLICT', message, hint, at: 'name' });
  const elsewhere = (['s3', 'http'] as const).find((kind) => from?.[kind] !== undefined);
  if (partitions !== undefined && elsewhere !== undefined)
    conflict(
      'partitions',
      `Cannot divide "data.${name}" into partitions: it is kept as the files that "${elsewhere}" has`,
      'Delete "partitions": rows of tables are divided, and files of the project by the names of their folders',
    );
  if (keep !== undefined && partitions === undefined)
    conflict(
      'keep',
      `Cannot keep some partitions of "data.${name}": it has none`,
      'Add "partitions: { by: day(COLUMN) }", or delete "keep"',
    );
  const rule = partitions?.by === undefined ? null : parsePartition(partitions.by);
  if (rule?.unit === 'value' && typeof keep?.partitions === 'string')
    conflict(
      'keep',
      `Cannot keep the partitions of "data.${name}" by age: "${partitions?.by}" is a value, which has none`,
      `Write how many are kept, or divide by a time, such as "day(${rule.column})"`,
    );
  if (push !== undefined && partitions !== undefined && table === undefined)
    conflict(
      'push',
      `Cannot push rows to "data.${name}": pushed rows lie in no folder that "partitions" names`,
      'Delete "push" or "partitions", or add "table:", which divides rows by what is in them',
    );
}
