import type { Digest } from '@tidegate/formats';
import type { ObjectEntry, References } from '../../../store/index.ts';
import type { JudgedProject } from './judge-projects.ts';
import type { Holder } from './holders.ts';
import type { KeptRun } from './kept-runs.ts';

/** How large the store may be, and what is in it. */
export interface Budget {
  /** Null = as large as it is. */
  readonly limit: number | null;
  readonly entries: readonly ObjectEntry[];
  /** What never gives way, besides results and runs that do not. */
  readonly holders: readonly Holder[];
  readonly closureOf: References['closureOf'];
}

/**
 * Lets the runs that began longest ago go, with the results that no newer run has used, until what is left fits. A run names what it took from
 * the cache as well as what it made, so this is the order of last use.
 */
export async function giveWay(
  projects: readonly JudgedProject[],
  { limit, entries, holders, closureOf }: Budget,
): Promise<readonly JudgedProject[]> {
  if (limit === null) return projects;
  const sizes = sizesOf(entries);
  const firm = [
    ...holders,
    ...projects.flatMap(({ runs, results }) =>
      [...runs, ...results.filter(({ keptFor }) => keptFor !== null)].filter((one) => !one.givesWay),
    ),
  ];
  const held = new Map<Digest, number>();
  let bytes = 0;
  const hold = (digests: Iterable<Digest>): void => {
    for (const digest of digests) {
      if (!held.has(digest)) bytes += sizes.get(digest) ?? 0;
      held.set(digest, (held.get(digest) ?? 0) + 1);
    }
  };
  for (const { digests, project } of firm) hold(await closureOf(digests, project));
  const soft = projects
    .flatMap(({ runs }) => runs.filter(({ givesWay }) => givesWay))
    .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  const closures = new Map<KeptRun, ReadonlySet<Digest>>();
  for (const run of soft) {
    closures.set(run, await closureOf(withResults(run, projects), run.project));
    hold(closures.get(run) ?? []);
  }
  const going = new Set<string>();
  for (const run of soft.toReversed()) {
    if (bytes <= limit) break;
    going.add(run.id);
    for (const digest of closures.get(run) ?? []) {
      const left = (held.get(digest) ?? 1) - 1;
      held.set(digest, left);
      if (left === 0) bytes -= sizes.get(digest) ?? 0;
    }
  }
  return projects.map((project) => without(project, going));
}

/** An object that lies in the database and in a file takes both. */
function sizesOf(entries: readonly ObjectEntry[]): ReadonlyMap<Digest, number> {
  const sizes = new Map<Digest, number>();
  for (const { digest, bytes } of entries) sizes.set(digest, (sizes.get(digest) ?? 0) + bytes);
  return sizes;
}

function withResults(run: KeptRun, projects: readonly JudgedProject[]): ReadonlySet<Digest> {
  const results = projects.find(({ name }) => name === run.project)?.results ?? [];
  const used = results.filter(({ key }) => run.keys.has(key));
  return new Set([...run.digests, ...used.flatMap(({ digests }) => [...digests])]);
}

function without(project: JudgedProject, going: ReadonlySet<string>): JudgedProject {
  const runs = project.runs.filter(({ id }) => !going.has(id));
  if (runs.length === project.runs.length) return project;
  const used = new Set(runs.flatMap(({ keys }) => [...keys]));
  return {
    ...project,
    runs,
    oldRuns: [...project.oldRuns, ...project.runs.filter(({ id }) => going.has(id)).map(({ id }) => id)],
    results: project.results.map((result) => (result.givesWay && !used.has(result.key) ? { ...result, keptFor: null } : result)),
  };
}
