import type { Signature } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { TestSet } from '../test-set.ts';
import { type Baseline, fitBaselines } from './fit-baselines.ts';

export interface ScoreBaselinesRequest {
  readonly testSet: TestSet;
  readonly signature: Signature;
  readonly label: string;
  /** Whether there is a last value to forecast by. */
  readonly hasLastValue: boolean;
  /** What `writePredictions` wrote. */
  readonly predictions: string;
  readonly to: string;
}

/**
 * Fits the baselines to the rows that the candidate was trained on and adds what they say of the test rows to the predictions, as columns
 * `baseline.NAME` and, of several classes or labels, `baseline.NAME.probabilities`.
 *
 * @returns names of the baselines; none when it is not known what the candidate was trained on
 */
export async function addBaselines(engine: Engine, request: ScoreBaselinesRequest): Promise<readonly Baseline['name'][]> {
  const { testSet, signature, label, hasLastValue, predictions, to } = request;
  const fitted =
    testSet.trainedOn === null
      ? []
      : await fitBaselines(engine, {
          signature,
          label,
          training: await testSet.trainingSet(testSet.trainedOn),
          identity: testSet.identity,
        });
  const constant = fitted.find(({ name }) => name === 'constant');
  // where a series has no earlier value there is nothing better than the mean
  const last: readonly Baseline[] =
    hasLastValue && constant !== undefined
      ? [{ name: 'last-value', scores: [`coalesce(p.last_value, ${constant.scores[0] ?? '0'})`] }]
      : [];
  const baselines = [...fitted, ...last];
  if (baselines.length === 0) return [];
  const columns = baselines.flatMap((baseline) => columnsOf(baseline, signature));
  await engine.run(
    `COPY (SELECT p.*, ${columns.join(', ')} FROM read_parquet(${quoteText(predictions)}) p
     JOIN read_parquet(${quoteText(testSet.path)}, file_row_number = true) t ON t.file_row_number = p.row ORDER BY p.row)
     TO ${quoteText(to)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
  );
  return baselines.map(({ name }) => name);
}

/** In the form of a model's predictions. */
function columnsOf({ name, scores }: Baseline, { task, classes }: Signature): readonly string[] {
  const column = quoteName(`baseline.${name}`);
  if (task === 'regression' || task === 'binary') return [`${scores[0] ?? 'NULL'} AS ${column}`];
  const list = `[${scores.join(', ')}]`;
  const probabilities = quoteName(`baseline.${name}.probabilities`);
  const names = `[${classes.map(quoteText).join(', ')}]`;
  if (task === 'multilabel')
    return [`list_filter(${names}, lambda name, place: (${list})[place] > 0.5) AS ${column}`, `${list} AS ${probabilities}`];
  // one model for each class: their probabilities are made to sum to 1
  const sum = `list_sum(${list})`;
  return [
    `${names}[list_position(${list}, list_max(${list}))] AS ${column}`,
    `list_transform(${list}, lambda one: one / ${sum}) AS ${probabilities}`,
  ];
}
