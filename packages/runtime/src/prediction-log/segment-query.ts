import type { LoggedColumn, PredictionSegment } from '@tidegate/formats';
import { quoteName, quoteText } from '../engine.ts';

/** SQL that reads the rows of a segment with the types of its header: the columns of the Parquet files of the log. */
export function segmentQuery(path: string, { release, model, service, sample, fieldColumns, inputColumns }: PredictionSegment): string {
  const columns = [
    ['id', 'VARCHAR'],
    ['answered', 'BIGINT'],
    ['at', 'BIGINT'],
    ['fields', structOf(fieldColumns)],
    ['inputs', structOf(inputColumns)],
    ['absent', 'MAP(VARCHAR, VARCHAR)'],
    ['prediction', 'DOUBLE'],
    ['label', 'VARCHAR'],
    ['probabilities', 'DOUBLE[]'],
  ] as const;
  const types = columns.map(([name, type]) => `${quoteName(name)}: ${quoteText(type)}`).join(', ');
  const limit = 1 << 26; // bytes of a line
  const members = [
    ...fieldColumns.map(({ name }) => `fields.${quoteName(name)} AS ${quoteName(`field.${name}`)}`),
    ...inputColumns.map(({ name }) => `inputs.${quoteName(name)} AS ${quoteName(`input.${name}`)}`),
  ];
  return `SELECT id, make_timestamp_ms(answered) AS answered_at, make_timestamp_ms("at") AS "at", ${quoteText(service)} AS service,
  ${quoteText(release)} AS release, ${quoteText(model)} AS model, ${sample}::DOUBLE AS sample_percent,
  ${[...members, 'absent', 'prediction', 'label', 'probabilities'].join(', ')}
FROM read_json(${quoteText(path)}, format = 'newline_delimited', columns = {${types}}, maximum_object_size = ${limit}) WHERE id IS NOT NULL`;
}

/** DuckDB has no empty struct: an unnamed member stands for none. */
function structOf(columns: readonly LoggedColumn[]): string {
  if (columns.length === 0) return 'STRUCT("none" VARCHAR)';
  return `STRUCT(${columns.map((column) => `${quoteName(column.name)} ${sqlType(column)}`).join(', ')})`;
}

function sqlType({ type, hidden }: LoggedColumn): string {
  if (hidden) return 'VARCHAR';
  if (type === 'integer') return 'BIGINT';
  if (type === 'number') return 'DOUBLE';
  if (type === 'boolean') return 'BOOLEAN';
  return 'VARCHAR';
}
