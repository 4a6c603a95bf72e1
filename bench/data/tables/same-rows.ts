import { openEngine, quoteName, quoteText } from '@tidegate/runtime';

/** @throws when the files do not have the same columns and rows as the wanted one */
export async function sameRows(wanted: string, files: readonly string[], name: string): Promise<void> {
  const [one, other] = [await summaryOf([wanted]), await summaryOf(files)];
  if (one !== other) throw new Error(`${name} gives back other rows: ${other} instead of ${one}`);
}

/** Number and sum of the rows, over the columns by name. */
async function summaryOf(files: readonly string[]): Promise<string> {
  using engine = await openEngine({ threads: 2 });
  const table = `read_parquet([${files.map(quoteText).join(', ')}])`;
  const columns = (await engine.describe(`SELECT * FROM ${table}`)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const [row] = await engine.rows(
    `SELECT count(*) AS rows, sum(hash(${columns.map(({ name }) => quoteName(name)).join(', ')}))::VARCHAR AS sum FROM ${table}`,
  );
  return JSON.stringify({ ...row, columns });
}
