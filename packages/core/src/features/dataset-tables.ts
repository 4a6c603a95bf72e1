import { dirname } from 'node:path';
import type { DatasetVersion } from '@tidegate/formats';
import { type Engine, openEngine, quoteName, quoteText } from '@tidegate/runtime';
import type { ObjectStore } from '../store/index.ts';

/** Where the engine works. */
export interface EngineRoom {
  readonly store: ObjectStore;
  /** The one folder it may write in. */
  readonly folder: string;
  /** Folder for what does not fit in memory, in `folder`, not used by another engine. */
  readonly spill: string;
}

/** Bytes of Parquet up to which a dataset is read once and held; a larger one is read anew by every query, the columns it needs only. */
const readAtOnce = 200_000_000;

/**
 * An engine on dataset versions: `data.NAME` is the dataset as it is, `main.NAME` what SQL of users reads (at first the same),
 * the schema `work` is ours. It reaches the objects of these versions and the folder, no other file. One thread: with more, sums of
 * fractions depend on which thread was first, and the same input must give the same bytes.
 */
export async function openOnDatasets(room: EngineRoom, datasets: readonly DatasetVersion[]): Promise<Engine> {
  const engine = await openEngine({ threads: 1, spill: room.spill });
  try {
    await engine.run('CREATE SCHEMA data; CREATE SCHEMA work');
    const folders = new Set<string>([room.folder]);
    for (const version of datasets) {
      const paths = await pathsOf(room.store, version);
      for (const path of paths) folders.add(dirname(path));
      const isRead = version.fileFormat === 'parquet' && version.bytes > readAtOnce;
      await engine.run(`CREATE ${isRead ? 'VIEW' : 'TABLE'} data.${quoteName(version.dataset)} AS ${scan(version, paths)}`);
      await engine.run(showDataset(version.dataset, `SELECT * FROM data.${quoteName(version.dataset)}`));
    }
    await engine.confine([...folders]);
    return engine;
  } catch (error) {
    engine[Symbol.dispose]();
    throw error;
  }
}

/** Lets SQL of users read `query` where it names the dataset. */
export function showDataset(dataset: string, query: string): string {
  return `CREATE OR REPLACE VIEW main.${quoteName(dataset)} AS ${query}`;
}

async function pathsOf(store: ObjectStore, version: DatasetVersion): Promise<readonly string[]> {
  const { entries } = await store.readTree(version.tree);
  return Promise.all(entries.map((entry) => store.pathOf(entry.digest)));
}

/** Objects have no file extension: the version says what they are, and which columns they hold. */
function scan(version: DatasetVersion, paths: readonly string[]): string {
  const files = `[${paths.map(quoteText).join(', ')}]`;
  if (version.fileFormat === 'parquet') return `SELECT * FROM read_parquet(${files}, union_by_name = true)`;
  const types = version.columns.map((column) => `${quoteText(column.name)}: ${quoteText(column.physicalType)}`).join(', ');
  if (version.fileFormat === 'csv') return `SELECT * FROM read_csv(${files}, union_by_name = true, header = true, types = {${types}})`;
  return `SELECT * FROM read_json(${files}, union_by_name = true, columns = {${types}})`;
}
