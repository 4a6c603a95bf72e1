import type { Digest, ModelVersion } from '@tidegate/formats';
import { quoteText } from '@tidegate/runtime';
import { datasetSql, readVersion } from '../data/index.ts';
import { type ObjectStore, readKeyRecord, readRecord, type State } from '../store/index.ts';
import { outcomeThatMade } from './result-of.ts';

/** The rows a model was trained on. */
export interface TrainingSet {
  /** Of a feature service, one Parquet file, or of a dataset. */
  readonly kind: 'features' | 'data';
  readonly digest: Digest;
  /** SELECT of all rows. */
  readonly sql: string;
  /** Column with the moment of a row; null when it has none. */
  readonly time: string | null;
}

/** The set that a model version was trained on; null when that is not known or no longer kept. */
export async function trainingSetOf(
  { state, store }: { readonly state: State; readonly store: ObjectStore },
  { trainedBy, trainedOn }: Pick<ModelVersion, 'trainedBy' | 'trainedOn'>,
): Promise<TrainingSet | null> {
  if (trainedOn === null || !(await store.has(trainedOn)) || !(await store.has(trainedBy))) return null;
  const { inputs } = await readKeyRecord(store, trainedBy);
  const name = Object.entries(inputs).find(([input, digest]) => digest === trainedOn && setForm.test(input))?.[0] ?? '';
  const [, step = '', output = ''] = setForm.exec(name) ?? [];
  const outputs = outcomeThatMade(state, { step, output, digest: trainedOn })?.outputs;
  const [record, version] = [outputs?.['record'], outputs?.['version']];
  if (step.startsWith('features.') && record !== undefined && (await store.has(record.digest))) {
    const { time } = await readRecord(store, 'tidegate.feature-set/1', record.digest);
    return { kind: 'features', digest: trainedOn, sql: `SELECT * FROM read_parquet(${quoteText(await store.pathOf(trainedOn))})`, time };
  }
  if (!step.startsWith('data.') || version === undefined || !(await store.has(version.digest))) return null;
  const dataset = await readVersion(store, version);
  return { kind: 'data', digest: trainedOn, sql: await datasetSql(store, dataset, trainedOn), time: dataset.time };
}

/** `features.delay/train`, `data.houses/files` */
const setForm = /^((?:data|features)\.[A-Za-z0-9][A-Za-z0-9_-]*)\/([A-Za-z0-9_-]+)$/;
