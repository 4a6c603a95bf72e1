import { glob } from '../../platform/index.ts';

/** Paths of the data contracts of a dataset's consumers, by the patterns of `consumers`, relative to the project, sorted. */
export async function consumerFiles(root: string, patterns: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) for await (const path of glob(pattern, { cwd: root })) found.add(path);
  return [...found].sort();
}
