import { canOverlap, type DatasetConfig } from '../config/index.ts';

/** Whether a path is one at which files of a dataset lie: a version may come from anybody who can write to the remote, and says where files are written. */
export function isOwnPath(path: string, dataset: string, { from, table }: Pick<DatasetConfig, 'from' | 'table'>): boolean {
  if (table !== undefined && path.startsWith(`${table.folder}/`)) return true;
  if (from.source !== undefined) return path.startsWith(`data/${dataset}/`);
  return from.files.some((pattern) => canOverlap(path.replaceAll(/[*[\]{}]/g, '?'), pattern));
}
