import { dirname } from 'node:path';
import type { DatasetVersion } from '@tidegate/formats';
import { type Engine, openEngine, quoteName } from '@tidegate/runtime';
import { datasetSql } from '../data/index.ts';
import type { ObjectStore } from '../store/index.ts';

/** Where the engine works. */
export interface EngineRoom {
  readonly store: ObjectStore;
  /** The one folder it may write in. */
  readonly folder: string;
  /** Folder for what does not fit in memory, in `folder`, not used by another engine. */
  readonly spill: string;
  /** Ends its statements. */
  readonly signal: AbortSignal;
  /** Memory limit, as DuckDB writes it. Default: that of the engine. */
  readonly memory?: string;
}

/** Bytes of Parquet up to which a dataset is read once and held; a larger one is read anew by every query, the columns it needs only. */
const readAtOnce = 200_000_000;

/**
 * An engine on dataset versions: `data.NAME` is the dataset as it is, `main.NAME` what SQL of users reads (at first the same),
 * the schema `work` is ours. It reaches the objects of these versions and the folder, no other file. One thread: with more, sums of
 * fractions depend on which thread was first, and the same input must give the same bytes.
 */
export async function openOnDatasets(room: EngineRoom, datasets: readonly DatasetVersion[]): Promise<Engine> {
  const engine = await openEmpty(room);
  try {
    const folders = new Set<string>([room.folder]);
    for (const version of datasets) {
      for (const path of await pathsOf(room.store, version)) folders.add(dirname(path));
      const isRead = version.fileFormat === 'parquet' && version.bytes > readAtOnce;
      await engine.run(
        `CREATE ${isRead ? 'VIEW' : 'TABLE'} data.${quoteName(version.dataset)} AS ${await datasetSql(room.store, version, version.tree)}`,
      );
      await engine.run(showDataset(version.dataset, `SELECT * FROM data.${quoteName(version.dataset)}`));
    }
    await engine.confine([...folders]);
    return engine;
  } catch (error) {
    engine[Symbol.dispose]();
    throw error;
  }
}

/** Such an engine with nothing in it yet. */
export async function openEmpty(room: EngineRoom): Promise<Engine> {
  const engine = await openEngine({
    threads: 1,
    spill: room.spill,
    signal: room.signal,
    ...(room.memory !== undefined && { memory: room.memory }),
  });
  await engine.run('CREATE SCHEMA data; CREATE SCHEMA work');
  return engine;
}

/** Lets SQL of users read `query` where it names the dataset. */
export function showDataset(dataset: string, query: string): string {
  return `CREATE OR REPLACE VIEW main.${quoteName(dataset)} AS ${query}`;
}

async function pathsOf(store: ObjectStore, version: DatasetVersion): Promise<readonly string[]> {
  const { entries } = await store.readTree(version.tree);
  return Promise.all(entries.map((entry) => store.pathOf(entry.digest)));
}
