import { type Digest, type Json, stepName } from '@tidegate/formats';
import { newestResults } from '../../../pipeline/index.ts';
import type { Project } from '../../project.ts';

/** So many results of a dataset's step are looked through. */
const resultsLookedAt = 50;

/** What `from: { files: … }` said when a version of a table was made in this home; null when no result here has it. */
export function madeFrom({ state, name }: Pick<Project, 'state' | 'name'>, dataset: string, version: Digest): readonly string[] | null {
  const results = newestResults(state, { project: name, step: stepName(`data.${dataset}`) }, resultsLookedAt);
  for (const { outputs, facts } of results) {
    const patterns = outputs['version']?.digest === version ? facts['from'] : undefined;
    if (Array.isArray(patterns)) return patterns.map(String);
  }
  return null;
}

/** The note of a table that was made of files: which ones. */
export function positionOfFiles(patterns: readonly string[]): Json {
  return { files: patterns };
}

/** Null for any other note. */
export function patternsOf(position: Json): readonly string[] | null {
  if (typeof position !== 'object' || position === null || Array.isArray(position)) return null;
  const { files } = position as { readonly [name: string]: Json | undefined };
  return Array.isArray(files) ? files.map(String) : null;
}
