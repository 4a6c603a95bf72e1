import { type Engine, quoteName, type Row } from '@tidegate/runtime';
import { isMissing, looksLike, type TextType, textTypes } from './text-type.ts';

/** Rows that are looked at before all are: they rule out most types. */
const sampleRows = 2_000;

/**
 * The most special type that every value of a text column looks like, over all rows; `VARCHAR` for a column without values.
 * `scan` is a SELECT that gives the columns as text.
 */
export async function guessTypes(engine: Engine, scan: string, columns: readonly string[]): Promise<ReadonlyMap<string, TextType>> {
  if (columns.length === 0) return new Map();
  const sample = await misfits(
    engine,
    `${scan} LIMIT ${sampleRows}`,
    columns.flatMap((column) => textTypes.map((type) => ({ column, type }))),
  );
  const left = new Map(columns.map((column) => [column, textTypes.filter((type) => sample.get(keyOf({ column, type }))?.misfits === 0)]));
  const guessed = new Map<string, TextType>();
  while (guessed.size < columns.length) {
    const next = columns.filter((column) => !guessed.has(column)).map((column) => ({ column, type: left.get(column)?.[0] ?? null }));
    for (const { column, type } of next) if (type === null) guessed.set(column, 'VARCHAR');
    const asked = next.flatMap(({ column, type }) => (type === null ? [] : [{ column, type }]));
    const found = asked.length === 0 ? new Map<string, Fit>() : await misfits(engine, scan, asked);
    for (const { column, type } of asked) {
      const fit = found.get(keyOf({ column, type }));
      if (fit?.values === 0) guessed.set(column, 'VARCHAR');
      else if (fit?.misfits === 0) guessed.set(column, type);
      else left.get(column)?.shift();
    }
  }
  return guessed;
}

interface Question {
  readonly column: string;
  readonly type: TextType;
}

interface Fit {
  readonly values: number;
  readonly misfits: number;
}

const keyOf = ({ column, type }: Question): string => `${type} ${column}`;

async function misfits(engine: Engine, scan: string, questions: readonly Question[]): Promise<ReadonlyMap<string, Fit>> {
  const counts = questions.flatMap(({ column, type }, index) => {
    const text = quoteName(column);
    const present = `NOT ${isMissing(text)}`;
    return [
      `count(*) FILTER (${present}) AS v${index}`,
      `count(*) FILTER (${present} AND NOT coalesce(${looksLike(text, type)}, false)) AS m${index}`,
    ];
  });
  const [row = {}]: readonly Row[] = await engine.rows(`SELECT ${counts.join(', ')} FROM (${scan})`);
  return new Map(
    questions.map((question, index) => [
      keyOf(question),
      { values: Number(row[`v${index}`] ?? 0), misfits: Number(row[`m${index}`] ?? 0) },
    ]),
  );
}
