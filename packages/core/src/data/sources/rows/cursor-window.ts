import type { CursorConfig } from '../../../config/index.ts';
import type { RowsPosition } from './position.ts';

/** Where reading by a cursor begins again. */
export interface CursorWindow {
  readonly column: string;
  /** Value from which rows are read again, as text: the last one less the overlap. */
  readonly from: string;
}

/** The newest value of a cursor, and what time it is where it was found. */
export interface NewestValue {
  /** As text; null = there is none. */
  readonly value: string | null;
  /** Milliseconds since 1970, by the clock of the server. */
  readonly nowMs: number;
}

/** How far a reading has come that saw a newest value. */
export interface ReadUpTo {
  /** The value from which the next reading goes on, before the overlap is taken off. */
  readonly cursor: string | null;
  /** A sentence for a reader when that is not the newest value. */
  readonly notices: readonly string[];
}

/** A time without a zone may be that of the place on Earth where the day begins first; one with a zone is ahead when clocks that agree could not make it so. */
const mostAheadMs = { zone: 5_000, noZone: 14 * 3_600_000 };
const dayMs = 86_400_000;

/**
 * Where the next reading goes on. A time that is ahead of the clocks does not mean that whatever is written from now on is later: somebody's clock was wrong, or the rows are of
 * days to come. Then it goes on from now, by the clock that is behind, and rows of later times are read each time: going on from them would lose what is written until then.
 * A time without a zone is taken for UTC. Texts that are times are compared as texts, so there a day that has passed everywhere is gone on from.
 *
 * @param type the engine's type of the column
 */
export function readUpTo(column: string, type: string | undefined, newest: NewestValue | null): ReadUpTo {
  const value = newest?.value ?? null;
  if (newest === null || value === null || !isTime(type) || !isAhead(newest)) return { cursor: value, notices: [] };
  const now = clockOf(newest);
  const cursor = type === 'VARCHAR' ? textOf(now - dayMs).slice(0, 10) : type === 'DATE' ? textOf(now).slice(0, 10) : textOf(now);
  const isSurely = (momentOf(value) ?? 0) > now + mostAheadMs[type === 'TIMESTAMP WITH TIME ZONE' ? 'zone' : 'noZone'];
  const notice = `The newest "${column}" is ${value}, which is ahead of the clock: rows after ${cursor} are read each time`;
  return { cursor, notices: isSurely ? [notice] : [] };
}

function isTime(type: string | undefined): boolean {
  return type === 'VARCHAR' || type === 'DATE' || type?.startsWith('TIMESTAMP') === true;
}

/** The newest value as far as it tells whether something was written since; null when it is ahead of the clocks, and does not. */
export function glanceOf(newest: NewestValue): string | null {
  return isAhead(newest) ? null : newest.value;
}

function isAhead({ value, nowMs }: NewestValue): boolean {
  const at = value === null ? null : momentOf(value);
  return at !== null && at > clockOf({ nowMs });
}

/** The clock that is behind: of the server's and ours either may be wrong. */
function clockOf({ nowMs }: Pick<NewestValue, 'nowMs'>): number {
  return Math.min(nowMs, Date.now());
}

/** Overlap when nothing is said: long enough for a transaction that commits late. */
const defaultOverlapMs = 10 * 60_000;
const defaultOverlapCount = 1000;

/**
 * The window of this reading; null when there is no former one to go on from.
 *
 * @param type the engine's type of the column
 */
export function cursorWindow(cursor: CursorConfig | null, type: string | undefined, since: RowsPosition | null): CursorWindow | null {
  if (cursor === null || type === undefined || since === null || since.cursor === null) return null;
  if (isTime(type) && isAhead({ value: since.cursor, nowMs: Date.now() })) return null; // a clock was wrong then or is now: what lies between is not known
  const from = less(since.cursor, type, cursor.overlap);
  return from === null ? null : { column: cursor.column, from };
}

function less(last: string, type: string, overlap: number | null): string | null {
  if (/INT$|^INTEGER$/.test(type)) return String(BigInt(last) - BigInt(Math.ceil(overlap ?? defaultOverlapCount)));
  if (type === 'DATE') return shifted(last, overlap ?? defaultOverlapMs)?.slice(0, 10) ?? null;
  if (type.startsWith('TIMESTAMP')) return shifted(last, overlap ?? defaultOverlapMs);
  return last; // text and decimals: no distance is known, and what is equal is read again
}

/** An earlier moment, as `YYYY-MM-DD HH:MM:SS.mmm+00`, rounded down to a whole millisecond. */
function shifted(moment: string, byMs: number): string | null {
  const at = momentOf(moment);
  return at === null || at === Infinity ? null : textOf(at - byMs);
}

/** As PostgreSQL, MySQL and SQLite write a date or a time, in UTC where no zone is said; null for anything else. */
function momentOf(value: string): number | null {
  if (value === 'infinity' || /^\d{5,}-\d\d-\d\d[^B]*$/.test(value)) return Infinity;
  const text = /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00` : value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  if (!/^\d{4}-\d\d-\d\dT/.test(text)) return null;
  const at = Date.parse(/Z$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? null : at;
}

function textOf(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
