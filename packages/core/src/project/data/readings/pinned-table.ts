import { type Digest, TidegateError } from '@tidegate/formats';
import { readVersion, tableAt } from '../../../data/index.ts';
import { type ProjectFiles, projectFiles } from '../../../pipeline/index.ts';
import { replacements } from '../../../store/index.ts';
import type { Project } from '../../project.ts';
import { sharedPosition } from '../../sources/shared-positions.ts';
import { pinnedVersion } from '../version-names.ts';
import { madeFrom, patternsOf } from './made-from.ts';

/**
 * The rows of pinned versions that stand for tables of which no file is here, as in a clone that has no data: the rows are all that a version keeps. A version
 * stands in only where it was made while `from` said what it says now, as this home or the remote has noted; so a pattern with a slip in it stays a mistake.
 */
export async function pinnedTables(project: Project): Promise<{ readonly [dataset: string]: Digest }> {
  const { config, root, home } = project;
  const found: { [dataset: string]: Digest } = {};
  let files: ProjectFiles | null = null;
  for (const [dataset, { from, table }] of Object.entries(config.data)) {
    if (table === undefined || from.source !== undefined) continue;
    files ??= projectFiles(root, [home.root]);
    const tree = isAnyHere(files, from.files) ? null : await pinnedTable(project, dataset);
    if (tree !== null) found[dataset] = tree;
  }
  return found;
}

/** A pattern that cannot be read is for the run to tell. */
function isAnyHere(files: ProjectFiles, patterns: readonly string[]): boolean {
  try {
    return patterns.some((pattern) => files.matching(pattern).length > 0);
  } catch (error) {
    if (error instanceof TidegateError) return true;
    throw error;
  }
}

/** Null when none is pinned, it is nowhere at hand, or nobody says that it was made of the same files. */
async function pinnedTable(project: Project, dataset: string): Promise<Digest | null> {
  try {
    const version = await pinnedVersion(project, dataset);
    if (version === null) return null;
    const { tree } = await readVersion(project.store, { digest: version });
    if ((await tableAt(project.store, tree)) === null) return null;
    const noted = madeFrom(project, dataset, version) ?? (await notedElsewhere(project, dataset, tree));
    return noted !== null && isSame(noted, project.config.data[dataset]?.from.files ?? []) ? tree : null;
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}

/** What the remote has noted of a table, or of one in whose place it stands since rows were forgotten. */
async function notedElsewhere(project: Project, dataset: string, tree: Digest): Promise<readonly string[] | null> {
  const former = [...replacements(project.state, project.name).all()].flatMap(([old, young]) => (young === tree ? [old] : []));
  for (const one of [tree, ...former]) {
    const patterns = patternsOf(await sharedPosition(project, dataset, one));
    if (patterns !== null) return patterns;
  }
  return null;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one.toSorted()) === JSON.stringify(other.toSorted());
}
