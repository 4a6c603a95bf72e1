import { type DatasetConfig, keptFiles } from '../../../config/index.ts';
import type { FoundFile, ProjectFiles } from '../../../pipeline/index.ts';

/** The files that any of the patterns means, each once. */
export function matchingFiles(found: ProjectFiles, patterns: readonly string[]): readonly FoundFile[] {
  return [...new Map(patterns.flatMap((pattern) => found.matching(pattern)).map((file) => [file.path, file])).values()];
}

/** The files of a dataset in partitions that are kept. @throws TG-DATA-PARTITION */
export function keptMatching(found: ProjectFiles, dataset: DatasetConfig | undefined): readonly FoundFile[] {
  const files = matchingFiles(found, dataset?.from.files ?? []);
  return dataset?.partitions === undefined ? files : keptFiles(files, dataset.partitions).kept;
}
