import { type Engine, quoteName } from '@tidegate/runtime';
import { familyOf, isList } from '../profile/column-facts.ts';
import type { InferredRule } from './inferred-contract.ts';
import type { ColumnSurvey } from './survey.ts';
import { limitBeyond } from './tail-limit.ts';

/** Pairs that are looked at. */
const mostPairs = 60;
/** Rows with both values that must be there. */
const fewestRows = 50;
/** Different values that both columns have at least. */
const fewestDistinct = 10;
/** Smallest differences that a tail is judged by. */
const kept = 51;

/**
 * Columns of which one is never above the other: times of one row, and numbers whose names have a word in common. A pair counts where the smallest differences say that the next rows
 * keep it too, or where they are often equal and never turned.
 */
export async function columnOrders(
  { engine, rows }: { readonly engine: Engine; readonly rows: string },
  surveys: readonly ColumnSurvey[],
  chance: number,
): Promise<readonly InferredRule[]> {
  const pairs = relatedPairs(surveys);
  if (pairs.length === 0) return [];
  const aggregates = pairs.flatMap(([a, b], index) => {
    const difference = `${numeric(b)} - ${numeric(a)}`;
    return [
      `min(${difference}, ${kept}) AS p${index}_lo`,
      `max(${difference}, ${kept}) AS p${index}_hi`,
      `count(${difference}) AS p${index}_n`,
    ];
  });
  const [row = {}] = await engine.rows(`SELECT ${aggregates.join(', ')} FROM (${rows})`);
  return pairs.flatMap(([a, b], index) => {
    const list = (fact: string): readonly number[] => {
      const cell = row[`p${index}_${fact}`] ?? null;
      return isList(cell) ? cell.map(Number) : [];
    };
    const values = Number(row[`p${index}_n`] ?? 0);
    const about = { values, chance };
    return (
      orderOf({ left: a, right: b, least: list('lo') }, about) ??
      orderOf({ left: b, right: a, least: list('hi').map((one) => -one) }, about) ??
      []
    );
  });
}

interface Ordered {
  readonly left: ColumnSurvey;
  readonly right: ColumnSurvey;
  /** The smallest differences of the right to the left. */
  readonly least: readonly number[];
}

function orderOf(
  { left, right, least }: Ordered,
  { values, chance }: { readonly values: number; readonly chance: number },
): InferredRule | null {
  const [smallest] = least;
  if (smallest === undefined || !(smallest >= 0) || values < fewestRows) return null;
  const outermost = least.slice(0, Math.floor(values / 2) + 1).map((one) => -one);
  const limit = limitBeyond({ outermost, values, step: 0 }, { next: values, chance });
  const equal = least.filter((one) => one === 0).length;
  if (equal < 5 && (limit === null || limit > 0)) return null;
  const [a, b] = [left.column.name, right.column.name];
  return {
    name: `compare ${JSON.stringify([a, b])}`,
    value: { type: 'custom', engine: 'tidegate', implementation: { check: 'compare', left: a, is: '<=', right: b } },
    chance: equal >= 5 ? null : chance,
    seen: `so it is in all of ${values} rows`,
  };
}

function numeric({ column }: ColumnSurvey): string {
  const name = quoteName(column.name);
  if (familyOf(column.type) !== 'moment') return `CAST(${name} AS DOUBLE)`;
  return `CASE WHEN isfinite(${name}) THEN epoch(CAST(${name} AS TIMESTAMP)) END`;
}

function relatedPairs(surveys: readonly ColumnSurvey[]): readonly (readonly [ColumnSurvey, ColumnSurvey])[] {
  const able = surveys.filter(
    ({ column: { type }, profile }) =>
      (type === 'date' || type === 'timestamp' || familyOf(type) === 'number') &&
      profile.distinct >= fewestDistinct &&
      profile.rows > profile.nulls,
  );
  const pairs = able.flatMap((a, index) => able.slice(index + 1).flatMap((b) => (areRelated(a, b) ? [[a, b] as const] : [])));
  return pairs.slice(0, mostPairs);
}

function areRelated(a: ColumnSurvey, b: ColumnSurvey): boolean {
  const [first, second] = [familyOf(a.column.type), familyOf(b.column.type)];
  if (first !== second) return false;
  if (first === 'moment') return true;
  const words = new Set(wordsOf(b.column.name));
  return wordsOf(a.column.name).some((word) => words.has(word));
}

function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 2);
}
