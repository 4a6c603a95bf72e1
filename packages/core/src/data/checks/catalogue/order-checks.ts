import { flagAt, numberAt } from '../../contract/check-arguments.ts';
import type { Dimension } from '../../contract/data-contract.ts';
import { type ShownColumn, windowColumn, type Words } from '../check.ts';
import type { ColumnTarget } from '../column-target.ts';
import { type Built, type ColumnBuilder, doesNot, type Surroundings } from './built.ts';
import { rangeInWords, rangeSql } from './range.ts';

interface Order {
  /** What stands behind a window function; more may follow in it. */
  readonly over: string;
  /** SQL that is true of a row that has a place in the order. */
  readonly placed: string;
  readonly words: string;
  readonly shows: readonly ShownColumn[];
}

/** In which order rows stand, and among which of them. A row without a value or without a place is passed over, and nobody's predecessor. */
function orderOf(target: ColumnTarget, { given, columns, column }: Surroundings, way: 'ASC' | 'DESC' = 'ASC'): Order {
  const by = given['by'] === undefined ? [] : columns('by');
  const order = given['orderBy'] === undefined ? target : column('orderBy');
  const placed = `${target.sql} IS NOT NULL AND ${order.sql} IS NOT NULL`;
  const words = order.name === target.name ? '' : ` in the order of ${order.name}`;
  return {
    // rows at one place stand as they should, so that the order of rows in files does not matter
    over: `PARTITION BY ${[placed, ...by.map(({ sql }) => sql)].join(', ')} ORDER BY ${order.sql}, ${target.sql} ${way}`,
    placed,
    words: `${words}${by.length === 0 ? '' : `, by ${by.map(({ name }) => name).join(', ')}`}`,
    shows: [...by, order].map(({ shown }) => shown),
  };
}

interface Step {
  readonly says: string;
  /** SQL over {@link windowColumn} that is true of a row that breaks it. */
  readonly bad: string;
  readonly window: string;
  readonly words?: Words;
  readonly dimension?: Dimension;
}

function ofOrder(
  target: ColumnTarget,
  { placed, shows }: Order,
  { says, bad, window, words = doesNot, dimension = 'consistency' }: Step,
): Built {
  return { kind: 'rows', says, dimension, bad: `${placed} AND ${bad}`, words, shows: [target.shown, ...shows], window };
}

function moves(way: 'up' | 'down'): ColumnBuilder {
  return (target, surroundings) => {
    const strictly = flagAt(surroundings.given, 'strictly');
    const order = orderOf(target, surroundings, way === 'up' ? 'ASC' : 'DESC');
    const [says, wrong] = way === 'up' ? [strictly ? 'grows' : 'never falls', '<'] : [strictly ? 'falls' : 'never grows', '>'];
    return ofOrder(target, order, {
      says: `${says}${order.words}`,
      bad: `${target.sql} ${wrong}${strictly ? '=' : ''} ${windowColumn}`,
      window: `lag(${target.sql}) OVER (${order.over})`,
    });
  };
}

/** Checks of a value and the one before it in an order. */
export const orderChecks = {
  increasing: moves('up'),
  decreasing: moves('down'),
  stepBetween: (target, surroundings) => {
    const { given } = surroundings;
    const range = { min: numberAt(given, 'min'), max: numberAt(given, 'max') };
    const order = orderOf(target, surroundings);
    return ofOrder(target, order, {
      says: `moves by ${rangeInWords(range)} at a time${order.words}`,
      bad: rangeSql(`(CAST(${target.sql} AS DOUBLE) - ${windowColumn})`, range),
      window: `lag(CAST(${target.sql} AS DOUBLE)) OVER (${order.over})`,
    });
  },
  noGapLongerThan: (target, surroundings) => {
    const ms = numberAt(surroundings.given, 'gap') ?? 0;
    const order = orderOf(target, surroundings);
    const at = `CASE WHEN isfinite(${target.sql}) THEN epoch_ms(CAST(${target.sql} AS TIMESTAMP)) END`;
    return ofOrder(target, order, {
      says: `comes at most ${durationInWords(ms)} after the one before${order.words}`,
      bad: `${at} - ${windowColumn} > ${ms}`,
      window: `lag(${at}) OVER (${order.over})`,
      dimension: 'completeness',
    });
  },
  notRepeatedInARow: (target, surroundings) => {
    const times = Math.max(numberAt(surroundings.given, 'times') ?? 1, 1);
    const order = orderOf(target, surroundings);
    return ofOrder(target, order, {
      says: `is the same at most ${times === 1 ? 'once' : `${times} times`} in a row${order.words}`,
      bad: `len(${windowColumn}) = ${times + 1} AND len(list_distinct(${windowColumn})) = 1`,
      window: `list(${target.sql}) OVER (${order.over} ROWS BETWEEN ${times} PRECEDING AND CURRENT ROW)`,
      words: { one: 'goes on', many: 'go on', instance: true },
      dimension: 'accuracy',
    });
  },
} as const satisfies { readonly [name: string]: ColumnBuilder };

function durationInWords(ms: number): string {
  const [factor, unit] = (
    [
      [86_400_000, 'd'],
      [3_600_000, 'h'],
      [60_000, 'm'],
      [1_000, 's'],
    ] as const
  ).find(([size]) => ms % size === 0) ?? [1, 'ms'];
  return `${ms / factor}${unit}`;
}
