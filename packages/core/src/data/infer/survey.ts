import type { Column, ColumnProfile, DatasetVersion } from '@tidegate/formats';
import { type Cell, type Engine, quoteName, type Row } from '@tidegate/runtime';
import { familyOf, isList } from '../profile/column-facts.ts';
import { entriesOf } from '../profile/map-entries.ts';
import { looksPersonalSql } from './personal-column.ts';
import { hasSkeletonSql, skeletonSql } from './skeleton.ts';
import { outermostOf } from './tail-limit.ts';

/** What inference looks at besides the profile of a version, found in one scan of its rows. */
export interface ColumnSurvey {
  readonly column: Column;
  readonly profile: ColumnProfile;
  /** The greatest numbers or lengths, outermost first, each as often as it occurs. */
  readonly greatest: readonly number[];
  /** The least of them, outermost first. */
  readonly least: readonly number[];
  /** How many rows have each text or whole number; null where there are many, or it is neither. */
  readonly classes: readonly (readonly [string, number])[] | null;
  readonly text: TextSurvey | null;
  /** Values that are infinite. */
  readonly infinite: number;
}

export interface TextSurvey {
  /** The form that all texts have, letters and digits aside; null when there are several. */
  readonly skeleton: string | null;
  readonly isTrimmed: boolean;
  /** Whether some text has signs that a wrong encoding leaves. */
  readonly isGarbled: boolean;
  /** Texts that look like those of a person, by kind. */
  readonly personal: { readonly [kind: string]: number };
}

export interface Surveyed {
  readonly engine: Engine;
  /** A SELECT of all rows, with the columns of the version by name. */
  readonly rows: string;
  readonly version: DatasetVersion;
  /** Columns of which no value is to be looked at. */
  readonly personal: ReadonlySet<string>;
}

/** Different texts up to which all are counted. */
const countedTexts = 200;
/** Different whole numbers up to which they may be codes. */
const countedNumbers = 12;
/** Columns that are looked at in one statement: the engine's own limit of expressions is far above. */
const columnsAtOnce = 200;
/** Texts are judged by so many characters: a megabyte says no more. */
const judgedCharacters = 300;
/** What UTF-8 looks like when it was read as Latin-1 or Windows-1252, and the sign for what could not be read. */
export const garbled = '[ÃÂ][\\x{80}-\\x{BF}]|â€|\\x{FFFD}';

/** Looks at all columns of a version but the personal ones: at most of them in one scan, and at texts that repeat by each different one. */
export async function surveyTable({ engine, rows, version, personal }: Surveyed): Promise<readonly ColumnSurvey[]> {
  const profiles = new Map(version.profile.columns.map((profile) => [profile.name, profile]));
  const columns = version.columns.flatMap((column, index): Looked[] => {
    const profile = profiles.get(column.name);
    return profile === undefined ? [] : [{ column, profile, at: `s${index}` }];
  });
  const kept = keptOf(version);
  const surveys: ColumnSurvey[] = [];
  for (let from = 0; from < columns.length; from += columnsAtOnce) {
    const some = columns.slice(from, from + columnsAtOnce);
    const looked = some.filter(({ column, profile }) => !personal.has(column.name) && profile.rows > profile.nulls);
    const skeletons = await firstSkeletons(engine, rows, looked.filter(isLookedThrough));
    const aggregates = looked.flatMap((one) => aggregatesOf(one, { kept, skeleton: skeletons.get(one.at) ?? null }));
    const [row = {}] = aggregates.length === 0 ? [] : await engine.rows(`SELECT ${aggregates.join(', ')} FROM (${rows})`);
    const found = { ...row };
    for (const one of looked.filter(isRepeated)) Object.assign(found, await lookAtEach(engine, rows, one));
    surveys.push(...some.map((one) => read(one, found, skeletons.get(one.at) ?? null)));
  }
  return surveys;
}

/** Few of very many columns, which would take too long to judge. */
function keptOf({ rows, columns }: DatasetVersion): number {
  return Math.min(columns.length > 500 ? 21 : Number.POSITIVE_INFINITY, outermostOf(rows));
}

interface Looked {
  readonly column: Column;
  readonly profile: ColumnProfile;
  /** What names of its aggregates start with. */
  readonly at: string;
}

/** Rows from which texts that repeat are looked at once each: a query of its own pays from there on. */
const manyRows = 100_000;
/** Rows by which each different text stands at least, on average. */
const repeats = 20;

function isRepeated({ column, profile }: Looked): boolean {
  return familyOf(column.type) === 'text' && profile.rows >= manyRows && profile.distinct * repeats <= profile.rows;
}

function isLookedThrough(looked: Looked): boolean {
  return familyOf(looked.column.type) === 'text' && !isRepeated(looked);
}

/** Rows whose texts say which form all may have. */
const firstRows = 1000;

/** By column the form of its first texts, where they have one: whether all have it costs a third of working out the form of each. */
async function firstSkeletons(engine: Engine, rows: string, texts: readonly Looked[]): Promise<ReadonlyMap<string, string>> {
  if (texts.length === 0) return new Map();
  const forms = texts.flatMap(({ column, at }) => {
    const skeleton = skeletonSql(startOf(textOf(column)));
    return [`min(${skeleton}) AS ${at}_k0`, `max(${skeleton}) AS ${at}_k1`];
  });
  const [row = {}] = await engine.rows(`SELECT ${forms.join(', ')} FROM (SELECT * FROM (${rows}) LIMIT ${firstRows})`);
  return new Map(
    texts.flatMap(({ at }) => {
      const [first, last] = [row[`${at}_k0`], row[`${at}_k1`]];
      return typeof first === 'string' && first === last ? [[at, first] as const] : [];
    }),
  );
}

const textOf = ({ name }: Column): string => `CAST(${quoteName(name)} AS VARCHAR)`;
const startOf = (text: string): string => `left(${text}, ${judgedCharacters})`;

/** SQL that is true of a text with one of the signs, and asks for them only of what is not plain ASCII. */
function garbledSql(start: string): string {
  return `CASE WHEN strlen(${start}) > length(${start}) THEN regexp_matches(${start}, '${garbled}') ELSE false END`;
}

/** Each different text once, with the rows that have it. */
async function lookAtEach(engine: Engine, rows: string, { column, profile, at }: Looked): Promise<Row> {
  const [each, start] = ['texts', startOf('v')];
  const facts = [
    `min(${skeletonSql(start)}) AS ${at}_k0`,
    `max(${skeletonSql(start)}) AS ${at}_k1`,
    `bool_and(trim(v) = v) AS ${at}_t`,
    `bool_or(${garbledSql(start)}) AS ${at}_g`,
    ...Object.entries(looksPersonalSql(start)).map(
      ([kind, sql]) => `coalesce(sum(CASE WHEN ${sql} THEN n END), 0)::BIGINT AS ${at}_p_${kind}`,
    ),
    ...(profile.distinct <= countedTexts
      ? [
          `(SELECT map(list(k ORDER BY k), list(m ORDER BY k)) FROM (SELECT ${start} AS k, sum(n)::BIGINT AS m FROM ${each} GROUP BY 1)) AS ${at}_c`,
        ]
      : []),
  ];
  const texts = `SELECT ${textOf(column)} AS v, count(*) AS n FROM (${rows}) WHERE ${quoteName(column.name)} IS NOT NULL GROUP BY 1`;
  const [row = {}] = await engine.rows(`WITH ${each} AS MATERIALIZED (${texts}) SELECT ${facts.join(', ')} FROM ${each}`);
  return row;
}

interface Looking {
  readonly kept: number;
  /** The form of the first texts; null where they have several. */
  readonly skeleton: string | null;
}

function aggregatesOf(looked: Looked, { kept, skeleton }: Looking): readonly string[] {
  const { column, profile, at } = looked;
  const name = quoteName(column.name);
  switch (familyOf(column.type)) {
    case 'number': {
      const double = `CAST(${name} AS DOUBLE)`;
      // a filter costs as much as both lists
      const finite = profile.infinite === 0 && profile.notNumbers === 0 ? '' : ` FILTER (WHERE isfinite(${double}))`;
      return [
        `max(${double}, ${kept})${finite} AS ${at}_hi`,
        `min(${double}, ${kept})${finite} AS ${at}_lo`,
        ...(profile.infinite === 0 ? [] : [`count_if(isinf(${double})) AS ${at}_i`]),
        ...(column.type === 'integer' && profile.distinct <= countedNumbers ? [`histogram(${name}) AS ${at}_c`] : []),
      ];
    }
    case 'text': {
      const text = textOf(column);
      const lengths = [`max(length(${text}), ${kept}) AS ${at}_hi`, `min(length(${text}), ${kept}) AS ${at}_lo`];
      if (isRepeated(looked)) return lengths;
      const start = startOf(text);
      const form =
        skeleton === null
          ? [`min(${skeletonSql(start)}) AS ${at}_k0`, `max(${skeletonSql(start)}) AS ${at}_k1`]
          : [`bool_and(${hasSkeletonSql(start, skeleton)}) AS ${at}_k`];
      return [
        ...lengths,
        ...form,
        `bool_and(trim(${text}) = ${text}) AS ${at}_t`,
        `bool_or(${garbledSql(start)}) AS ${at}_g`,
        ...Object.entries(looksPersonalSql(start)).map(([kind, sql]) => `count_if(${sql}) AS ${at}_p_${kind}`),
        ...(profile.distinct <= countedTexts ? [`histogram(${start}) AS ${at}_c`] : []),
      ];
    }
    case 'moment':
      return column.type === 'time' ? [] : [`count_if(NOT isfinite(${name})) AS ${at}_i`];
    case 'boolean':
    case 'nested':
      return [];
  }
}

function read({ column, profile, at }: Looked, row: Row, first: string | null): ColumnSurvey {
  const cell = (fact: string): Cell => row[`${at}_${fact}`] ?? null;
  const numbers = (fact: string): readonly number[] => {
    const found = cell(fact);
    return isList(found) ? found.map(Number) : [];
  };
  const isText = familyOf(column.type) === 'text' && cell('t') !== null;
  const classes = cell('c');
  return {
    column,
    profile,
    greatest: numbers('hi'),
    least: numbers('lo'),
    classes: classes !== null ? entriesOf(classes) : null,
    infinite: Number(cell('i') ?? 0),
    text: isText
      ? {
          skeleton: cell('k') === true ? first : cell('k0') === cell('k1') && typeof cell('k0') === 'string' ? String(cell('k0')) : null,
          isTrimmed: cell('t') === true,
          isGarbled: cell('g') === true,
          personal: Object.fromEntries(Object.keys(looksPersonalSql('')).map((kind) => [kind, Number(cell(`p_${kind}`) ?? 0)])),
        }
      : null,
  };
}
