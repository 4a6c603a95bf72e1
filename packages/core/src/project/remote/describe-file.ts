import { join } from 'node:path';
import { type Digest, failure, type TreeEntry } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { readLock } from '../../config/index.ts';
import { type ParquetSummary, parquetSummary, readVersion, sparseParquet } from '../../data/index.ts';
import { mkdir, rm, temporaryBeside } from '../../platform/index.ts';
import { requireDataset } from '../data/dataset-views.ts';
import type { Project } from '../project.ts';

/** A Parquet file of the pinned version of a dataset. */
export interface DescribedFile extends ParquetSummary {
  readonly path: string;
  readonly digest: Digest;
  /** Length of the whole file. */
  readonly bytes: number;
  /** Bytes of it that were fetched for this; 0 where the file is here. */
  readonly fetched: number;
}

/**
 * Schema, row count and statistics of a Parquet file of a dataset's pinned version. Where the file is not here its footer alone is taken from the remote.
 *
 * @throws TG-CLI-NOT-FOUND when nothing is pinned, the version has no such file, it is no Parquet file, or it is nowhere
 */
export async function describeFile(project: Project, dataset: string, path: string): Promise<DescribedFile> {
  requireDataset(project, dataset);
  const file = await pinnedFile(project, dataset, path);
  const { objects: local, remote, home } = project;
  let fetched = 0;
  const read = async (range: { readonly from: number; readonly to: number }): Promise<Uint8Array | null> => {
    const part = (await remote?.readRange(file.digest, range)) ?? null;
    fetched += part?.byteLength ?? 0;
    return part;
  };
  using engine = await openEngine({ threads: 1 });
  if (await local.has(file.digest)) return { ...(await parquetSummary(engine, await local.pathOf(file.digest))), ...of(file), fetched };
  const sparse = temporaryBeside(join(home.objects, 'incoming', 'object'));
  try {
    await mkdir(join(home.objects, 'incoming'), { recursive: true });
    if (!(await sparseParquet({ bytes: file.bytes, read }, sparse)))
      throw notFound(dataset, `"${path}" is neither here nor in the remote, or it is no Parquet file`);
    return { ...(await parquetSummary(engine, sparse)), ...of(file), fetched };
  } finally {
    await rm(sparse, { force: true });
  }
}

function of({ path, digest, bytes }: TreeEntry): Pick<DescribedFile, 'path' | 'digest' | 'bytes'> {
  return { path, digest, bytes };
}

async function pinnedFile({ root, store }: Project, dataset: string, path: string): Promise<TreeEntry> {
  const { data } = await readLock(root);
  const version = Object.hasOwn(data, dataset) ? data[dataset] : undefined;
  if (version === undefined) throw notFound(dataset, 'tidegate.lock pins no version of it');
  const { entries } = await store.readTree((await readVersion(store, { digest: version })).tree);
  const entry = entries.find((one) => one.path === path);
  if (entry === undefined) throw notFound(dataset, `its pinned version has no file "${path}"`);
  return entry;
}

function notFound(dataset: string, found: string): Error {
  return failure(
    'TG-CLI-NOT-FOUND',
    `Cannot describe a file of data.${dataset}: ${found}`,
    `See "tidegate data show ${dataset}" for the dataset as a whole`,
  );
}
