import { type Engine, quoteName } from '@tidegate/runtime';
import type { ColumnSurvey } from './survey.ts';

export interface Keys {
  /** Columns of the primary key; empty when none is known. */
  readonly primary: readonly string[];
  readonly why: string | null;
  /** Other columns of which every value is another. */
  readonly unique: readonly string[];
}

/** Pairs of equal rows that chance would give, from which having none cannot be chance (its probability is below 0.001). */
const expectedRepeats = 7;
/** Combinations that are looked at. */
const mostCombinations = 40;
/** Columns that are counted one by one. */
const mostColumns = 12;
/** Rows by which combinations are sifted before they are counted in all. */
const siftedRows = 100_000;
const tellingName = /(^|[_\s.-])(id|key|uuid|guid|code|no|nr|number|index|reference|ref)$|(Id|ID|Key|Code|No|Number)$/;

/**
 * A key of the table: the least number of columns, three at most, that tell its rows apart, counted exactly. Numbers with fractions are none. That no two rows agreed must
 * say something: the column is named like a key, or has so few possible values that rows would have agreed by chance.
 */
export async function findKeys(
  { engine, rows, count }: { readonly engine: Engine; readonly rows: string; readonly count: number },
  surveys: readonly ColumnSurvey[],
): Promise<Keys> {
  const able = surveys.filter(
    ({ column: { type }, profile }) =>
      profile.nulls === 0 && profile.distinct > 1 && ['integer', 'string', 'date', 'timestamp', 'boolean'].includes(type),
  );
  if (count < 2) return { primary: [], why: null, unique: [] };
  const unique = await uniqueColumns(engine, { rows, count, able });
  const [best] = unique.toSorted((a, b) => rankOf(a) - rankOf(b));
  if (best !== undefined)
    return {
      primary: [best.column.name],
      why: `each of ${count} rows has another value`,
      unique: unique.flatMap(({ column }) => (column.name === best.column.name ? [] : [column.name])),
    };
  for (const size of [2, 3]) {
    const found = await firstTogether(engine, { rows, count, combinations: combinationsOf(able, size, count) });
    if (found !== null) return { primary: found, why: `no two of ${count} rows agree in all of them`, unique: [] };
  }
  return { primary: [], why: null, unique: [] };
}

/** Named like a key before others, whole numbers before texts, these before times. */
function rankOf({ column }: ColumnSurvey): number {
  const byType = column.type === 'integer' ? 0 : column.type === 'string' ? 1 : 2;
  return byType + (tellingName.test(column.name) ? 0 : 3);
}

async function uniqueColumns(
  engine: Engine,
  { rows, count, able }: { readonly rows: string; readonly count: number; readonly able: readonly ColumnSurvey[] },
): Promise<readonly ColumnSurvey[]> {
  const likely = able
    // distinct counts are estimates where there are many
    .filter((one) => one.profile.distinct >= 0.9 * count && isTelling(one, count))
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .slice(0, mostColumns);
  if (likely.length === 0) return [];
  const counts = likely.map(({ column }, index) => `count(DISTINCT ${quoteName(column.name)}) AS u${index}`);
  const [row = {}] = await engine.rows(`SELECT ${counts.join(', ')} FROM (${rows})`);
  return likely.filter((_, index) => Number(row[`u${index}`]) === count);
}

function isTelling(survey: ColumnSurvey, count: number): boolean {
  const { column, text } = survey;
  if (tellingName.test(column.name)) return column.type !== 'boolean';
  if (column.type === 'string') return count >= 100 && text?.skeleton != null && !/\s/.test(text.skeleton);
  const possible = possibleValues(survey);
  return possible !== null && count ** 2 / (2 * possible) >= expectedRepeats;
}

/** How many values lie within the range of a column: whole numbers, days, seconds. */
function possibleValues({ column: { type }, profile: { min, max } }: ColumnSurvey): number | null {
  if (type === 'integer' && typeof min === 'number' && typeof max === 'number') return max - min + 1;
  if (typeof min !== 'string' || typeof max !== 'string') return null;
  const unit = type === 'date' || (min.endsWith('T00:00:00.000Z') && max.endsWith('T00:00:00.000Z')) ? 86_400_000 : 1000;
  return (Date.parse(max) - Date.parse(min)) / unit + 1;
}

/** Combinations that could tell rows apart and would not by chance, those with the least to spare first. */
function combinationsOf(able: readonly ColumnSurvey[], size: number, count: number): readonly (readonly string[])[] {
  const columns = able
    .filter(({ profile, text }) => profile.distinct < count && (text === null || text.skeleton !== null || profile.distinct <= 200))
    .slice(0, 30);
  const groups: readonly (readonly ColumnSurvey[])[] =
    size === 2
      ? columns.flatMap((a, i) => columns.slice(i + 1).map((b) => [a, b]))
      : columns.flatMap((a, i) => columns.slice(i + 1).flatMap((b, j) => columns.slice(i + j + 2).map((c) => [a, b, c])));
  return groups
    .map((group) => ({ group, possible: group.reduce((product, { profile }) => product * profile.distinct, 1) }))
    .filter(({ possible }) => possible >= count && count ** 2 / (2 * possible) >= expectedRepeats)
    .toSorted((a, b) => a.possible - b.possible)
    .slice(0, mostCombinations)
    .map(({ group }) => group.map(({ column }) => column.name));
}

async function firstTogether(
  engine: Engine,
  { rows, count, combinations }: { readonly rows: string; readonly count: number; readonly combinations: readonly (readonly string[])[] },
): Promise<readonly string[] | null> {
  if (combinations.length === 0) return null;
  const tuples = combinations.map((names, index) => `count(DISTINCT (${names.map(quoteName).join(', ')})) AS c${index}`);
  const [sifted = {}] = await engine.rows(
    `SELECT count(*) AS rows, ${tuples.join(', ')} FROM (SELECT * FROM (${rows}) LIMIT ${siftedRows})`,
  );
  const left = combinations.filter((_, index) => Number(sifted[`c${index}`]) === Number(sifted['rows']));
  if (count <= siftedRows) return left[0] ?? null;
  for (const names of left) {
    const [row = {}] = await engine.rows(`SELECT count(DISTINCT (${names.map(quoteName).join(', ')})) AS n FROM (${rows})`);
    if (Number(row['n']) === count) return names;
  }
  return null;
}
