import type { ProjectFile } from './file/project-file.ts';
import { durationOf } from './file/quantity.ts';
import type { DatasetConfig, KeptPartitions } from './project-config.ts';

type DatasetFile = NonNullable<ProjectFile['data']>[string];

/** How a dataset is kept row by row, and how its rows or its files are divided; nothing for one that is kept as files as they come. */
export function tableOf({ from, table, partitions, keep }: DatasetFile, name: string): Pick<DatasetConfig, 'table' | 'partitions'> {
  const isFiles = from.files !== undefined;
  const kept = keep === undefined ? null : keptOf(keep.partitions);
  if (isFiles && table === undefined) return partitions === undefined ? {} : { partitions: { by: partitions.by, keep: kept } };
  if (!isFiles && table === undefined && partitions === undefined) return {};
  return {
    table: {
      key: table?.key ?? [],
      folder: table?.folder ?? `${isFiles ? 'tables' : 'data'}/${name}`,
      partition: partitions?.by ?? null,
      keep: kept,
    },
  };
}

function keptOf(partitions: number | string): KeptPartitions {
  return typeof partitions === 'number' ? { partitions } : { ms: durationOf(partitions) ?? 0 };
}
