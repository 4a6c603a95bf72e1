import type { Engine } from '@tidegate/runtime';
import { csvInput } from './csv-input.ts';
import { parquetInput } from './parquet-input.ts';
import { type InputPlace, type ScoreInput, tableFormat } from './score-input.ts';

/** @throws TG-SCORE-FORMAT, TG-SCORE-INPUT, TG-DATA-FILE-EMPTY and TG-DATA-COLUMN-TWICE for a CSV file */
export async function openInput(engine: Engine, place: InputPlace): Promise<ScoreInput> {
  return tableFormat(place.path) === 'csv' ? csvInput(engine, place) : parquetInput(engine, place);
}
