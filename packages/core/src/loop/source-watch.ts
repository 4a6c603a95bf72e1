import { canonicalJson, type Digest, TidegateError } from '@tidegate/formats';
import { type ProjectFiles, projectFiles } from '../pipeline/index.ts';
import { type Clock, digestOfBytes } from '../platform/index.ts';
import type { Project } from '../project/index.ts';

/** What the files of the project's datasets look like. */
export interface SourceState {
  /** Over names, sizes, inodes and times of change of all files; null when the project has no datasets. */
  readonly digest: Digest | null;
  /** Whether they looked the same for a second: a file that somebody is writing is left alone. */
  readonly atRest: boolean;
}

export interface SourceWatch {
  readonly look: (project: Pick<Project, 'root' | 'config' | 'home'>) => SourceState;
}

const restMs = 1_000;

/** Looks at sources by their stat only, and remembers since when they look so. */
export function watchSources(clock: Pick<Clock, 'elapsed'>): SourceWatch {
  let seen: { readonly digest: Digest | null; readonly since: number } | null = null;
  return {
    look: (project) => {
      const digest = sourceDigest(project);
      const now = clock.elapsed();
      if (seen === null || seen.digest !== digest) seen = { digest, since: now };
      return { digest, atRest: digest === null || now - seen.since >= restMs };
    },
  };
}

/** Null also when a path is not what a run could read: that is for the run to tell. */
function sourceDigest({ root, config, home }: Pick<Project, 'root' | 'config' | 'home'>): Digest | null {
  const patterns = Object.values(config.data).flatMap(({ from }) => from.files);
  if (patterns.length === 0) return null;
  const found = filesOf(projectFiles(root, [home.root]), patterns);
  if (found === null) return null;
  return digestOfBytes(canonicalJson(found.map(({ path, stat }) => [path, String(stat.size), String(stat.mtimeNs), String(stat.ino)])));
}

function filesOf(files: ProjectFiles, patterns: readonly string[]): ReturnType<ProjectFiles['matching']> | null {
  try {
    return patterns.flatMap((pattern) => files.matching(pattern));
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}
