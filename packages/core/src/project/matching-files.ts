import type { FoundFile, ProjectFiles } from '../pipeline/index.ts';

/** The files that any of the patterns means, each once. */
export function matchingFiles(found: ProjectFiles, patterns: readonly string[]): readonly FoundFile[] {
  return [...new Map(patterns.flatMap((pattern) => found.matching(pattern)).map((file) => [file.path, file])).values()];
}
