import { join } from 'node:path';
import { type Artifact, failure, type TreeEntry } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import type { ObjectStore } from '../../store/index.ts';
import type { DatasetFile, FileFormat } from '../read/dataset-file.ts';
import { namingFiles } from '../read/read-failure.ts';
import type { HoldoutRule } from './holdout-rule.ts';
import { splitFile } from './split-file.ts';
import { treeArtifact } from '../tree-artifact.ts';

export interface HoldoutOptions {
  readonly dataset: string;
  readonly rule: HoldoutRule;
  readonly format: FileFormat;
  readonly store: ObjectStore;
  /** A folder of its own for what is written before it is stored. */
  readonly folder: string;
}

/**
 * Splits every file of a dataset by a rule that looks at one row, so that equal rows fall on the same side; paths stay.
 * @throws TG-DATA-HOLDOUT when a side has no row
 */
export async function holdOut(
  engine: Engine,
  files: readonly DatasetFile[],
  options: HoldoutOptions,
): Promise<{ readonly train: Artifact; readonly test: Artifact }> {
  const { store, folder, format, rule } = options;
  const entries = { train: [] as TreeEntry[], test: [] as TreeEntry[] };
  const rows = { train: 0, test: 0 };
  const paths = { train: join(folder, 'train'), test: join(folder, 'test') };
  for (const file of files) {
    const counts = await namingFiles(files, () => splitFile(engine, file, { ...paths, format, rule }));
    for (const side of ['train', 'test'] as const) {
      rows[side] += counts[side];
      entries[side].push({ path: file.path, ...(await store.putFile(paths[side])) });
    }
  }
  if (rows.train === 0 || rows.test === 0) throw lopsided(rows, options);
  return { train: await treeArtifact(store, entries.train), test: await treeArtifact(store, entries.test) };
}

function lopsided({ train, test }: { readonly train: number; readonly test: number }, { dataset, rule }: HoldoutOptions): Error {
  const side = test === 0 ? 'the training side' : 'the side held out';
  return failure(
    'TG-DATA-HOLDOUT',
    `Cannot hold out ${rule.kind === 'share' ? rule.share : `what is from ${rule.from} on`} of data.${dataset}: all of its ${train + test} rows fall on ${side}`,
    `Change "holdout" or "split" of "${dataset}" in tidegate.yaml, or give it more rows`,
  );
}
