import { worstVerdict } from '@tidegate/formats';
import type { Engine, Row } from '@tidegate/runtime';
import type { Check } from './checks/check.ts';
import { compileChecks, keyColumns } from './checks/compile-checks.ts';
import { countRepeats } from './checks/count-repeats.ts';
import { countUnproven } from './checks/count-unproven.ts';
import { type ExampleSource, examplesOf } from './checks/example-rows.ts';
import { withFurther } from './checks/further-measurements.ts';
import { firstScan } from './checks/first-scan.ts';
import { type Finding, findingOf, verdictOf } from './checks/finding.ts';
import { type Measurement, readMeasurement } from './checks/measurement.ts';
import { openConfined, runQuery } from './checks/query-check.ts';
import type { DataContract } from './contract/data-contract.ts';
import { entriesOf } from './profile/map-entries.ts';
import { measuredColumns, rowsNaming } from './profile/measured-rows.ts';
import { emptyFile } from './read/csv-dialect.ts';
import type { DatasetTable } from './read/dataset-table.ts';
import { namingFiles } from './read/read-failure.ts';
import type { InTurn } from './tables/side-by-side.ts';

/** What is promised of a table. */
export interface Promised {
  /** Names under which queries of the data contract see the table besides `{object}`. */
  readonly dataset: string;
  readonly contract: DataContract | null;
  /** Column with the event time, if one is named. */
  readonly time: string | null;
  /** Ends queries of the user. */
  readonly signal: AbortSignal;
  /** The moment against which service levels are judged. Default null: they are not. */
  readonly now?: number | null;
}

/** What checks found in a table. */
export interface TableFindings {
  readonly rows: number;
  readonly findings: readonly Finding[];
}

/** Names of the columns with values of persons. */
export function personalColumns(contract: DataContract | null): ReadonlySet<string> {
  return new Set((contract?.columns ?? []).filter((column) => column.personal).map(({ name }) => name));
}

/**
 * Checks of a table, in one scan, in which bounds are held against the least and the greatest value. Only those that these break, values that must not repeat,
 * checks of rows by those around them, of groups, and a query of the user, read the columns that they name again, and so do examples of bad rows.
 *
 * @param hands engines that share the work: each check is measured by one of them
 * @throws TG-DATA-FILE-EMPTY, TG-DATA-FILE-BROKEN, TG-DATA-CSV-ROW, TG-DATA-CONTRACT-QUERY
 */
export async function checkTable(hands: InTurn, table: DatasetTable, promised: Promised): Promise<TableFindings> {
  const { contract, time, now = null } = promised;
  const personal = personalColumns(contract);
  const columns = measuredColumns(table, personal);
  const checks = compileChecks({ contract, columns, time, now });
  const rows = rowsNaming(table);
  return namingFiles(table.files, async () => {
    const first = await firstScan(hands, { table, rows, checks });
    refuseRowlessFiles(table, first);
    const count = Number(first['rows'] ?? 0);
    const keys = contract === null ? [] : keyColumns(contract);
    const shown = columns.flatMap(({ column, sql }) => (keys.includes(column.name) ? [{ name: column.name, sql, type: column.type }] : []));
    const source = { rows, keys: shown, personal, filesByKey: table.filesByKey };
    const measurements = await hands(async (engine) => {
      const counted = checks.map((_, index) => readMeasurement(index, first, count));
      const certain = await countUnproven(engine, { checks, measurements: counted, rows, first });
      const distinct = await countRepeats(engine, { checks, measurements: certain, rows, first });
      const further = await withFurther(engine, { checks, measurements: distinct, rows, first });
      return withQueries(checks, further, { table, ...promised });
    });
    return { rows: count, findings: await hands((engine) => findingsOf(engine, { checks, measurements, source })) };
  });
}

function refuseRowlessFiles(table: DatasetTable, first: Row): void {
  if (table.format === 'parquet') return; // such a file says itself how many rows it has
  const counted = new Set(entriesOf(first['files'] ?? null).map(([key]) => key));
  for (const [key, file] of table.filesByKey) if (!counted.has(key)) throw emptyFile(file);
}

/** Queries of the user run by themselves, confined to the dataset's files. */
async function withQueries(
  checks: readonly Check[],
  measurements: readonly Measurement[],
  { table, dataset, contract, signal }: Promised & { readonly table: DatasetTable },
): Promise<readonly Measurement[]> {
  if (contract === null || !checks.some(({ measure }) => measure.kind === 'query')) return measurements;
  using engine = await openConfined(table, { names: [contract.object, dataset], signal });
  const measured: Measurement[] = [];
  for (const [index, measurement] of measurements.entries()) {
    const check = checks[index];
    const isQuery = check !== undefined && check.measure.kind === 'query';
    measured.push(isQuery ? { ...measurement, found: await runQuery(engine, check, { contract, table }) } : measurement);
  }
  return measured;
}

async function findingsOf(
  engine: Engine,
  {
    checks,
    measurements,
    source,
  }: { readonly checks: readonly Check[]; readonly measurements: readonly Measurement[]; readonly source: ExampleSource },
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [index, check] of checks.entries()) {
    const measurement = measurements[index];
    if (measurement === undefined) continue;
    const failed = verdictOf(check.measure, measurement) === 'fail';
    findings.push(
      findingOf(check, measurement, failed && measurement.found > 0 ? await examplesOf(engine, check, { source, measurement }) : []),
    );
  }
  return findings;
}

/** The verdict over findings: warnings do not count; without any check it is inconclusive. */
export function verdictOver(findings: readonly Finding[]): ReturnType<typeof worstVerdict> {
  const counting = findings.filter(({ result }) => result.severity === 'error');
  return findings.length > 0 && counting.length === 0 ? 'pass' : worstVerdict(counting.map(({ result }) => result.verdict));
}
