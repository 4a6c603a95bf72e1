import { failure } from '@tidegate/formats';

/** @throws TG-SOURCE-VALUE when there is no column, or two that programs would take for one */
export function refuseColumns(names: readonly string[], title: string): void {
  if (names.length === 0)
    throw failure('TG-SOURCE-VALUE', `Cannot keep ${title}: it has no columns`, 'Name a table with columns, or read it by a query');
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined)
      throw failure(
        'TG-SOURCE-VALUE',
        `Cannot keep ${title}: it has columns "${other}" and "${name}", which programs that read Parquet take for one`,
        `Read it by a query that gives one of them another name: SELECT …, "${name}" AS other`,
      );
    seen.set(name.toLowerCase(), name);
  }
}
