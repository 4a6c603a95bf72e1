import type { Column, ColumnProfile, DatasetVersion } from '@tidegate/formats';
import { type Cell, type Engine, quoteName, type Row } from '@tidegate/runtime';
import { familyOf, isList } from '../profile/column-facts.ts';
import { entriesOf } from '../profile/map-entries.ts';
import { looksPersonalSql } from './personal-column.ts';
import { skeletonSql } from './skeleton.ts';
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

/** Looks at all columns of a version but the personal ones. */
export async function surveyTable({ engine, rows, version, personal }: Surveyed): Promise<readonly ColumnSurvey[]> {
  const profiles = new Map(version.profile.columns.map((profile) => [profile.name, profile]));
  const columns = version.columns.flatMap((column, index) => {
    const profile = profiles.get(column.name);
    return profile === undefined ? [] : [{ column, profile, at: `s${index}` }];
  });
  const kept = keptOf(version);
  const surveys: ColumnSurvey[] = [];
  for (let from = 0; from < columns.length; from += columnsAtOnce) {
    const some = columns.slice(from, from + columnsAtOnce);
    const aggregates = some.flatMap((one) =>
      personal.has(one.column.name) || one.profile.rows === one.profile.nulls ? [] : aggregatesOf(one, kept),
    );
    const [row = {}] = aggregates.length === 0 ? [] : await engine.rows(`SELECT ${aggregates.join(', ')} FROM (${rows})`);
    surveys.push(...some.map((one) => read(one, row)));
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

function aggregatesOf({ column, profile, at }: Looked, kept: number): readonly string[] {
  const name = quoteName(column.name);
  switch (familyOf(column.type)) {
    case 'number': {
      const double = `CAST(${name} AS DOUBLE)`;
      const finite = `FILTER (WHERE isfinite(${double}))`;
      return [
        `max(${double}, ${kept}) ${finite} AS ${at}_hi`,
        `min(${double}, ${kept}) ${finite} AS ${at}_lo`,
        `count(*) FILTER (WHERE isinf(${double})) AS ${at}_i`,
        ...(column.type === 'integer' && profile.distinct <= countedNumbers ? [`histogram(${name}) AS ${at}_c`] : []),
      ];
    }
    case 'text': {
      const text = `CAST(${name} AS VARCHAR)`;
      const start = `left(${text}, ${judgedCharacters})`;
      return [
        `max(length(${text}), ${kept}) AS ${at}_hi`,
        `min(length(${text}), ${kept}) AS ${at}_lo`,
        `min(${skeletonSql(start)}) AS ${at}_k0`,
        `max(${skeletonSql(start)}) AS ${at}_k1`,
        `bool_and(trim(${text}) = ${text}) AS ${at}_t`,
        `bool_or(regexp_matches(${start}, '${garbled}')) AS ${at}_g`,
        ...Object.entries(looksPersonalSql(start)).map(([kind, sql]) => `count(*) FILTER (WHERE ${sql}) AS ${at}_p_${kind}`),
        ...(profile.distinct <= countedTexts ? [`histogram(${start}) AS ${at}_c`] : []),
      ];
    }
    case 'moment':
      return column.type === 'time' ? [] : [`count(*) FILTER (WHERE NOT isfinite(${name})) AS ${at}_i`];
    case 'boolean':
    case 'nested':
      return [];
  }
}

function read({ column, profile, at }: Looked, row: Row): ColumnSurvey {
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
          skeleton: cell('k0') === cell('k1') && typeof cell('k0') === 'string' ? String(cell('k0')) : null,
          isTrimmed: cell('t') === true,
          isGarbled: cell('g') === true,
          personal: Object.fromEntries(Object.keys(looksPersonalSql('')).map((kind) => [kind, Number(cell(`p_${kind}`) ?? 0)])),
        }
      : null,
  };
}
