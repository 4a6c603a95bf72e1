import { failure, type ReleaseManifest } from '@tidegate/formats';
import { quoteName, quoteText } from '@tidegate/runtime';
import type { InputColumn } from './input/score-input.ts';

/** A column that scoring adds, as the members of an answer of `/v1/predict` are called. */
export interface ResultColumn {
  readonly name: 'prediction' | 'label' | 'probability' | 'probabilities' | 'features';
  /** In the engine. */
  readonly type: string;
}

/** What is added to the columns of the input: docs/how-to/score-a-batch.md. */
export function resultColumns({ model, features }: Pick<ReleaseManifest, 'model' | 'features'>): readonly ResultColumn[] {
  const { task } = model.signature;
  return [
    { name: 'prediction', type: task === 'multilabel' ? 'VARCHAR[]' : task === 'multiclass' ? 'VARCHAR' : 'DOUBLE' },
    ...(task === 'regression' || task === 'multilabel'
      ? []
      : ([
          { name: 'label', type: 'VARCHAR' },
          { name: 'probability', type: 'DOUBLE' },
        ] as const)),
    ...(task === 'multiclass' || task === 'multilabel' ? ([{ name: 'probabilities', type: 'DOUBLE[]' }] as const) : []),
    ...(features === null || features.views.length === 0 ? [] : ([{ name: 'features', type: 'VARCHAR' }] as const)),
  ];
}

/** @throws TG-SCORE-COLUMN when the output would have a column twice */
export function refuseTwins(input: readonly InputColumn[], results: readonly ResultColumn[]): void {
  const twin = input.find(({ name }) => results.some((result) => result.name === name.toLowerCase()));
  if (twin === undefined) return;
  throw failure(
    'TG-SCORE-COLUMN',
    `Cannot add the column "${twin.name.toLowerCase()}" to the rows: they have one of that name already`,
    `Rename the column "${twin.name}" of the input`,
  );
}

/** SQL that reads the lines of a model's process. */
export function readScored(file: string, results: readonly ResultColumn[]): string {
  const columns = [{ name: 'row', type: 'BIGINT' }, { name: 'code', type: 'VARCHAR' }, { name: 'reason', type: 'VARCHAR' }, ...results];
  const types = columns.map(({ name, type }) => `${quoteName(name)}: ${quoteText(type)}`).join(', ');
  return `read_json(${quoteText(file)}, format = 'newline_delimited', columns = {${types}}, maximum_object_size = ${1 << 26})`;
}
