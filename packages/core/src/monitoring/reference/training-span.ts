import { type Engine, quoteName } from '@tidegate/runtime';
import type { TrainingSet } from '../../models/index.ts';

/** From the first to the last moment of a training set; null where its rows have none, or all the same. */
export async function spanMsOf(engine: Engine, { sql, time }: Pick<TrainingSet, 'sql' | 'time'>): Promise<number | null> {
  if (time === null) return null;
  const moment = `epoch_ms(TRY_CAST(${quoteName(time)} AS TIMESTAMP))`;
  const [span = {}] = await engine.rows(`SELECT max(${moment}) - min(${moment}) AS ms FROM (${sql})`);
  const ms = Number(span['ms'] ?? 0);
  return ms > 0 ? ms : null;
}
