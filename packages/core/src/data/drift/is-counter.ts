import { type Engine, quoteName } from '@tidegate/runtime';
import type { DriftSide } from './drift-side.ts';
import { sampleSql } from './fine-edges.ts';

/** With fewer rows whole numbers may all differ by chance. */
const leastRows = 50;
/** Of about so many rows it is told. */
const sampledRows = 200_000;

/** Whether a column numbers the rows of both sides: new rows have new numbers, which say nothing of what they are about. */
export async function isCounter(
  engine: Engine,
  {
    column,
    before,
    after,
    rows,
  }: {
    readonly column: string;
    readonly before: DriftSide;
    readonly after: DriftSide;
    readonly rows: { readonly before: number; readonly after: number };
  },
): Promise<boolean> {
  if (rows.before < leastRows || !after.columns.some(({ name, type }) => name === column && type === 'integer')) return false;
  for (const [{ sql }, count] of [
    [before, rows.before],
    [after, rows.after],
  ] as const) {
    const drawn = `SELECT v FROM (SELECT ${quoteName(column)} AS v FROM (${sql})) ${sampleSql(sampledRows, count)}`;
    const [found = {}] = await engine.rows(`SELECT count(v) AS known, count(DISTINCT v) AS values FROM (${drawn})`);
    if (Number(found['known']) < Math.min(count, sampledRows) / 2 || Number(found['known']) !== Number(found['values'])) return false;
  }
  return true;
}
