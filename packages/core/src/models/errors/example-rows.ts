import type { ErrorRow, FeatureColumn, Signature } from '@tidegate/formats';
import { type Cell, type Engine, quoteName, quoteText, type Row } from '@tidegate/runtime';

/** Characters of a value that are shown. */
const longestValue = 80;

export interface ExampleRequest {
  readonly testSet: string;
  readonly predictions: string;
  readonly signature: Signature;
  /** Inputs that are shown. */
  readonly inputs: readonly FeatureColumn[];
  readonly hasIds: boolean;
  readonly hasChampion: boolean;
  /** By row of those that are labelled. */
  readonly loss: Float64Array;
  readonly championLoss: Float64Array | null;
}

/** Rows as examples, by their place among the labelled ones. */
export async function exampleRows(
  engine: Engine,
  rows: readonly number[],
  request: ExampleRequest,
): Promise<ReadonlyMap<number, ErrorRow>> {
  if (rows.length === 0) return new Map();
  const { testSet, predictions, signature, inputs, hasIds, hasChampion, loss, championLoss } = request;
  const several = signature.task === 'multiclass' || signature.task === 'multilabel';
  const found = await engine.rows(
    `SELECT p.labelled, p.row, CAST(p.id AS VARCHAR) AS id, p.label, p.prediction, ${several ? 'p.probabilities' : 'NULL'} AS probabilities,
       ${hasChampion ? 'p.champion' : 'NULL'} AS champion${inputs.map(({ name }, place) => `, t.${quoteName(name)} AS "input ${place}"`).join('')}
     FROM (SELECT *, (row_number() OVER (ORDER BY row)) - 1 AS labelled FROM read_parquet(${quoteText(predictions)}) WHERE label IS NOT NULL) p
     JOIN read_parquet(${quoteText(testSet)}, file_row_number = true) t ON t.file_row_number = p.row
     WHERE p.labelled IN (${rows.join(', ')})`,
  );
  return new Map(
    found.map((one) => {
      const labelled = Number(one['labelled']);
      const champion = one['champion'] ?? null;
      return [
        labelled,
        {
          row: Number(one['row']),
          id: hasIds ? shortened(String(one['id'])) : null,
          label: answerText(one['label'] ?? null),
          ...answerOf(signature, one),
          champion: champion === null ? null : said(signature, champion),
          loss: loss[labelled] ?? 0,
          championLoss: champion === null ? null : (championLoss?.[labelled] ?? null),
          inputs: Object.fromEntries(inputs.map(({ name }, place) => [name, valueOf(one[`input ${place}`] ?? null)])),
        },
      ];
    }),
  );
}

/** What the model says, and how sure it is of that. */
function answerOf(signature: Signature, row: Row): Pick<ErrorRow, 'prediction' | 'probability'> {
  const prediction = row['prediction'] ?? null;
  if (signature.task === 'binary') {
    const positive = Number(prediction);
    return { prediction: said(signature, prediction), probability: Math.max(positive, 1 - positive) };
  }
  const probabilities = row['probabilities'] ?? null;
  const place = signature.classes.indexOf(String(prediction));
  const own = signature.task === 'multiclass' && Array.isArray(probabilities) ? (probabilities as readonly Cell[])[place] : undefined;
  return { prediction: said(signature, prediction), probability: typeof own === 'number' ? own : null };
}

function said({ task, classes }: Signature, prediction: Cell): string {
  return task === 'binary' ? (classes[Number(Number(prediction) > 0.5)] ?? '') : answerText(prediction);
}

function answerText(cell: Cell): string {
  if (typeof cell === 'number') return String(Number(cell.toPrecision(6)));
  return shortened(Array.isArray(cell) ? (cell as readonly Cell[]).map(String).join(', ') : String(cell));
}

function valueOf(cell: Cell): string | number | boolean | null {
  if (cell === null || typeof cell === 'number' || typeof cell === 'boolean') return cell;
  if (Array.isArray(cell)) return `${cell.length} values`;
  return shortened(typeof cell === 'string' ? cell : JSON.stringify(cell));
}

function shortened(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}
