import type { Engine, Row } from '@tidegate/runtime';
import { fileSql, type RowsNaming } from '../profile/measured-rows.ts';
import type { DatasetTable } from '../read/dataset-table.ts';
import { type InTurn, whenAllEnd } from '../tables/side-by-side.ts';
import type { Check } from './check.ts';
import { checkAggregates } from './finding.ts';
import { numberAggregates } from './further-measurements.ts';

/** From so many bytes on, hands share the checks of a table: a Parquet file gives each only the columns that it asks for. */
const sharedBytes = 4_000_000;
const shares = 4;
/** Checks of one statement at most: one with very many aggregates takes the engine longer to plan than to run. */
const mostAtOnce = 500;

export interface FirstScan {
  readonly table: DatasetTable;
  readonly rows: RowsNaming;
  readonly checks: readonly Check[];
}

/** What every check asks of all rows, as one row: its names are those of {@link checkAggregates}, beside them `rows` and, where files may have none, `files`. */
export async function firstScan(hands: InTurn, { table, rows, checks }: FirstScan): Promise<Row> {
  const placed = checks.map((check, index) => ({ check, index }));
  const size = Math.max(1, shareOf(table, checks.length));
  const some = Array.from({ length: Math.max(1, Math.ceil(checks.length / size)) }, (_, at) => placed.slice(at * size, (at + 1) * size));
  const scans = await whenAllEnd(
    some.map((own, at) => {
      const files = at === 0 && table.format !== 'parquet' ? [`histogram(${fileSql}) AS files`] : [];
      const aggregates = [
        ...(at === 0 ? ['count(*) AS rows'] : []),
        ...files,
        ...own.flatMap(({ check, index }) => checkAggregates(check, index)),
      ];
      return hands((engine) =>
        scan(engine, rows, { aggregates, numbers: own.flatMap(({ check, index }) => numberAggregates(check, index)) }),
      );
    }),
  );
  return Object.assign({}, ...scans) as Row;
}

/** How many checks stand in one statement, those of a column beside one another. Text is parsed whole by each. */
function shareOf({ format, files }: DatasetTable, checks: number): number {
  if (format !== 'parquet') return checks;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return Math.min(mostAtOnce, bytes < sharedBytes ? checks : Math.ceil(checks / shares));
}

/** Without the numbers where one of them cannot be computed: they are asked for one by one then. */
async function scan(
  engine: Engine,
  rows: RowsNaming,
  { aggregates, numbers }: { readonly aggregates: readonly string[]; readonly numbers: readonly string[] },
): Promise<Row> {
  const ask = async (wanted: readonly string[]): Promise<Row> =>
    wanted.length === 0 ? {} : ((await engine.rows(`SELECT ${wanted.join(', ')} FROM (${rows(...wanted)})`))[0] ?? {});
  if (numbers.length === 0) return ask(aggregates);
  return ask([...aggregates, ...numbers]).catch((error: unknown) => {
    if (!/out of range|overflow/i.test(String(error))) throw error;
    return ask(aggregates);
  });
}
