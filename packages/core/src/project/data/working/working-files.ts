import { dirname, join, relative } from 'node:path';
import type { TreeEntry } from '@tidegate/formats';
import { type ProjectFile, takeSnapshot } from '../../../pipeline/index.ts';
import { linkText, realpathSync } from '../../../platform/index.ts';
import { fileDigests, type ReadAll } from '../../../store/index.ts';
import { projectNodes } from '../../nodes.ts';
import { placeOfInput } from '../../place-of-input.ts';
import type { Project } from '../../project.ts';

/** The files of a dataset as they lie in the working tree, sorted by path, without those of partitions that are not kept; none when there are none. */
export type WorkingFiles = ReadonlyMap<string, readonly TreeEntry[]>;

export interface WorkingFilesOptions {
  /** Reads files that are not known by their stat. Default: for their digests alone. */
  readonly read?: ReadAll;
}

/**
 * The files of datasets, by dataset. Those whose stat is known are not read.
 *
 * @throws TG-STORE-FILE-CHANGED; TG-DATA-PARTITION; TG-PIPELINE-INPUT-OUTSIDE for a link that leads out of the project, TG-PIPELINE-INPUT-NAME
 */
export async function workingFiles(
  project: Project,
  datasets: readonly string[],
  { read }: WorkingFilesOptions = {},
): Promise<WorkingFiles> {
  const { root, home, state, platform, config, source } = project;
  const nodes = await projectNodes(project, {}); // only where the files are matters
  const digests = fileDigests(state, platform.clock);
  const found = new Map<string, readonly TreeEntry[]>();
  for (const dataset of datasets) {
    const { from, partitions } = config.data[dataset] ?? {};
    const patterns = from?.files ?? [];
    const steps = nodes
      .filter(({ name }) => name === `data.${dataset}`)
      .map((node) => ({
        ...node,
        inputs: patterns.map((pattern) => ({
          from: 'project' as const,
          pattern,
          required: false,
          ...(partitions !== undefined && { partitions }),
        })),
      }));
    const snapshot = await takeSnapshot({
      root,
      steps,
      allSteps: nodes,
      digests: read === undefined ? digests : { ...digests, ofAll: (files) => digests.ofAll(files, read) },
      except: [home.root],
      placeOfInput: (step, pattern) => placeOfInput(source, step, pattern),
    });
    found.set(dataset, entriesOf(root, steps.flatMap(snapshot.filesOf)));
  }
  return found;
}

/** A link to a file of the same dataset stays one; to any other file of the project it counts as that file. */
function entriesOf(root: string, files: readonly ProjectFile[]): readonly TreeEntry[] {
  const real = `${realpathSync(root)}/`;
  let paths: ReadonlySet<string> | null = null; // made for links only, of which there are mostly none
  return files.map(({ path, file, digest, bytes, executable }) => {
    const entry = { path, digest, bytes, ...(executable && { executable: true as const }) };
    return file === `${real}${path}` ? entry : { ...entry, ...linkWithin(root, path, (paths ??= new Set(files.map((one) => one.path)))) };
  });
}

function linkWithin(root: string, path: string, paths: ReadonlySet<string>): { readonly link?: string } {
  const link = linkText(join(root, path));
  if (link === null || link.startsWith('/')) return {};
  const end = relative(root, join(root, dirname(path), link));
  return paths.has(end) && end !== path ? { link } : {};
}
