import { quoteName } from '@tidegate/runtime';
import { momentSql } from '../checks/sql-literal.ts';
import { numberAt } from '../contract/check-arguments.ts';
import { cellText } from '../read/cell-text.ts';
import { columnsNamed, type Judge, known, notMeasurable } from './further-place.ts';
import { shownRows } from './shown-rows.ts';

/** `notOlderThan`: the newest value that is not in the future is at most so old at the moment of the reading. */
export const notOlderThan: Judge = async ({ body, column }, { engine, own, now }) => {
  const name = column?.name ?? '';
  const age = numberAt(body.given, 'age') ?? 0;
  const promise = `the newest ${name} is at most ${durationText(age)} old`;
  const found = columnsNamed(own, [name]);
  if (typeof found === 'string') return notMeasurable(promise, 'timeliness', found);
  const type = found[0]?.type ?? 'string';
  if (type !== 'date' && type !== 'timestamp') return notMeasurable(promise, 'timeliness', `${name} is ${type}`);
  const moment = `CAST(${quoteName(name)} AS TIMESTAMP)`;
  const until = momentSql(new Date(now).toISOString(), 'timestamp');
  const [row = {}] = await engine.rows(
    `SELECT epoch_ms(max(${moment}) FILTER (WHERE isfinite(${quoteName(name)}) AND ${moment} <= ${until})) AS newest FROM ${own.sql}`,
  );
  const newest = row['newest'] ?? null;
  if (newest === null)
    return known(promise, 'timeliness', { verdict: 'inconclusive', measured: { newest: null }, finding: 'there is none up to now' });
  return freshnessOf(promise, { newest: Number(cellText(newest)), age, now, isHidden: own.personal.has(name) });
};

/** `noneOlderThan`: no value is older than that at the moment of the reading. */
export const noneOlderThan: Judge = async ({ body, column }, place) => {
  const { engine, own, now } = place;
  const name = column?.name ?? '';
  const age = numberAt(body.given, 'age') ?? 0;
  const promise = `no ${name} is more than ${durationText(age)} old`;
  const found = columnsNamed(own, [name]);
  if (typeof found === 'string') return notMeasurable(promise, 'timeliness', found);
  const [{ type } = { type: 'string' }] = found;
  if (type !== 'date' && type !== 'timestamp') return notMeasurable(promise, 'timeliness', `${name} is ${type}`);
  const since = momentSql(new Date(now - age).toISOString(), 'timestamp');
  const bad = `SELECT * FROM ${own.sql} WHERE isfinite(${quoteName(name)}) AND CAST(${quoteName(name)} AS TIMESTAMP) < ${since}`;
  const [row = {}] = await engine.rows(`SELECT count(*) AS bad FROM (${bad})`);
  const old = Number(row['bad'] ?? 0);
  return {
    promise,
    dimension: 'timeliness',
    measure: { kind: 'query', query: '', limit: body.limit, path: [], words: { one: 'is older', many: 'are older', instance: true } },
    measurement: { found: old },
    examples: old === 0 ? [] : await shownRows(place, { from: bad, columns: found, personal: own.personal }),
    shows: [{ name, sql: quoteName(name), type }],
  };
};

/** How old the newest event was at a moment, in words and as a verdict. Moments in milliseconds since 1970. */
function freshnessOf(
  promise: string,
  { newest, age, now, isHidden }: { readonly newest: number; readonly age: number; readonly now: number; readonly isHidden: boolean },
): ReturnType<typeof known> {
  const [is, at] = [new Date(newest).toISOString(), new Date(now).toISOString()];
  const measured = isHidden ? null : { newest: is, asOf: at, ageMs: now - newest };
  const finding = isHidden ? (now - newest <= age ? 'it is' : 'it is not') : `it was of ${is}, ${durationText(now - newest)} before ${at}`;
  return known(promise, 'timeliness', { verdict: now - newest <= age ? 'pass' : 'fail', measured, finding });
}

const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1000 },
] as const;

/** `36 h`, `1.5 d`: in the largest unit of which there are at least two, or else one exactly. */
export function durationText(ms: number): string {
  const unit = units.find((one) => ms >= 2 * one.ms || ms === one.ms) ?? { name: 's', ms: 1000 };
  return `${Number((ms / unit.ms).toPrecision(3))} ${unit.name}`;
}
