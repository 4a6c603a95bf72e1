import type { Distribution, FrequentValues, TextPatterns } from '@tidegate/formats';
import { distributionOf, type Engine, keepFrequent, patternLimits, type Row, valueLimits } from '@tidegate/runtime';
import { cellText } from '../../read/cell-text.ts';
import { longestText } from '../column-facts.ts';
import type { ProfiledColumn } from './profile-rows.ts';
import { hashForRanks, readRanks, seenRanks } from './register-sql.ts';

/** What is known of a text column in one file. */
export interface TextFigures {
  readonly known: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly registers: string;
  readonly lengths: Distribution | null;
  readonly values: FrequentValues | null;
  readonly patterns: TextPatterns | null;
}

/** By file and number of the column. */
export type FileTexts = ReadonlyMap<string, ReadonlyMap<number, TextFigures>>;

/** Different texts of a column in a file whose patterns are looked for: those with the least hashes, which chance chose. */
const textsLookedAt = 1024;
/** Characters of a text that make its pattern. */
const patternLength = 40;

/** Where different texts are counted, for a moment. */
const counted = 'temp.tidegate_texts';

/** @param rows as {@link columnFigures} takes them */
export async function measureTexts(engine: Engine, rows: string, columns: readonly ProfiledColumn[]): Promise<FileTexts> {
  const texts = columns.filter(({ family }) => family === 'text');
  if (texts.length === 0) return new Map();
  const each = texts.map(({ at }) => `SELECT ${at} AS c, f, v${at} AS v, count(*) AS n FROM ${rows} WHERE v${at} IS NOT NULL GROUP BY ALL`);
  await engine.run(`CREATE OR REPLACE TEMP TABLE tidegate_texts AS SELECT *, hash(v) AS h FROM (${each.join(' UNION ALL ')})`);
  try {
    return await readTexts(engine, new Map(texts.map((column) => [column.at, column])));
  } finally {
    await engine.run(`DROP TABLE IF EXISTS ${counted}`);
  }
}

async function readTexts(engine: Engine, columns: ReadonlyMap<number, ProfiledColumn>): Promise<FileTexts> {
  const shown = [...columns.values()].filter(({ personal }) => !personal).map(({ at }) => at);
  const isShown = shown.length === 0 ? 'false' : `c IN (${shown.join(', ')})`;
  const long = `max(n) FILTER (WHERE length(v) > ${longestText})`;
  const facts = await engine.rows(
    `SELECT c, f, sum(n) AS known, count(*) AS d, ${long} AS long, left(min(v), ${longestText}) AS lo, left(max(v), ${longestText}) AS hi, ${seenRanks(hashForRanks('h'))} AS r FROM ${counted} GROUP BY c, f`,
  );
  const lengths = await engine.rows(
    `SELECT c, f, length(v) AS length, sum(n) AS n FROM ${counted} WHERE ${isShown} GROUP BY ALL ORDER BY ALL`,
  );
  const isFew = `count(*) OVER (PARTITION BY c, f) <= ${valueLimits.all}`;
  const values = await engine.rows(
    `SELECT c, f, v, n FROM (SELECT *, ${isFew} AS few FROM ${counted} WHERE ${isShown}) WHERE length(v) <= ${longestText} AND (few OR n > 1)
     QUALIFY row_number() OVER (PARTITION BY c, f ORDER BY n DESC, v) <= CASE WHEN few THEN ${valueLimits.all} ELSE ${valueLimits.most + 1} END`,
  );
  const patterns = await engine.rows(
    `SELECT c, f, ${patternSql('s.v')} AS v, sum(s.n) AS n FROM (SELECT c, f, unnest(arg_min({ 'v': v, 'n': n }, h, ${textsLookedAt})) AS s
     FROM ${counted} WHERE ${isShown} GROUP BY c, f) GROUP BY ALL`,
  );
  const ofColumn = { lengths: byColumn(lengths), values: byColumn(values), patterns: byColumn(patterns) };
  const found = new Map<string, Map<number, TextFigures>>();
  for (const row of facts) {
    const [file, at] = [cellText(row['f']), Number(row['c'])];
    const isPersonal = columns.get(at)?.personal ?? true;
    const own = (rows: ReadonlyMap<string, readonly Row[]>): readonly Row[] => rows.get(keyOf(row)) ?? [];
    const { registers } = readRanks(cellText(row['r']));
    const kept = isPersonal
      ? { first: null, last: null, lengths: null, values: null, patterns: null }
      : {
          first: cellText(row['lo']),
          last: cellText(row['hi']),
          lengths: distributionOf(own(ofColumn.lengths).map((one) => [Number(one['length']), Number(one['n'])])),
          values: frequentOf(pairsOf(own(ofColumn.values)), { distinct: Number(row['d']), long: Number(row['long'] ?? 0) }),
          patterns: patternsOf(pairsOf(own(ofColumn.patterns))),
        };
    found.set(file, (found.get(file) ?? new Map<number, TextFigures>()).set(at, { known: Number(row['known']), registers, ...kept }));
  }
  return found;
}

function keyOf(row: Row): string {
  return `${cellText(row['c'])} ${cellText(row['f'])}`;
}

function byColumn(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, keyOf);
}

function pairsOf(rows: readonly Row[]): readonly (readonly [string, number])[] {
  return rows.map((row) => [cellText(row['v']), Number(row['n'])]);
}

/** A text too long to be listed makes the list incomplete. */
function frequentOf(
  values: readonly (readonly [string, number])[],
  { distinct, long }: { readonly distinct: number; readonly long: number },
): FrequentValues {
  if (values.length === distinct) return keepFrequent(values, 0, valueLimits);
  const listed = values.filter(([, rows]) => rows > 1).slice(0, valueLimits.most);
  const next = values[listed.length]?.[1] ?? 1;
  return keepFrequent(listed, Math.max(next, long), valueLimits);
}

function patternsOf(patterns: readonly (readonly [string, number])[]): TextPatterns {
  return { ...keepFrequent(patterns, 0, patternLimits), rows: patterns.reduce((sum, [, rows]) => sum + rows, 0) };
}

/** SQL: the shape of a text: `A` for a capital, `a` for any other letter, `9` for a digit, everything else as it is; `…` where it goes on. */
function patternSql(text: string): string {
  const small = `regexp_replace(left(${text}, ${patternLength}), '[\\p{Ll}\\p{Lo}\\p{Lm}\\p{Lt}]', 'a', 'g')`;
  const letters = `regexp_replace(${small}, '\\p{Lu}', 'A', 'g')`;
  return `regexp_replace(${letters}, '\\p{Nd}', '9', 'g') || CASE WHEN length(${text}) > ${patternLength} THEN '…' ELSE '' END`;
}
