import { failure, nearest } from '@tidegate/formats';
import { existsSync } from '../../platform/index.ts';
import { join, normalize, relative, resolve } from 'node:path';
import { type ContractDiff, type DataToWeigh, diffContractFiles, versionFiles } from '../../data/index.ts';
import { newestDataset } from '../data/dataset-views.ts';
import type { Project } from '../project.ts';
import { changedColumns } from './changed-columns.ts';
import { type HitByChange, whoIsHit } from './who-is-hit.ts';

export interface ProjectContractDiff extends ContractDiff {
  /** Null where nothing of the project has the data contract. */
  readonly hit: HitByChange | null;
}

export interface ProjectDiffRequest {
  /** A file, a dataset for its data contract, or either at a revision: `main:flights`, `main:contracts/flights.odcs.yaml`. */
  readonly before: string;
  readonly after: string;
  /** Files, or the name of a dataset for its newest version; none = the documents alone. */
  readonly data: readonly string[];
  readonly object: string | null;
  /** Where the command was called, which paths are relative to. */
  readonly folder: string;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Compares two data contracts, and says who of the project depends on what they are about. @throws as {@link diffContractFiles}; TG-CLI-NOT-FOUND */
export async function diffProjectContracts(project: Project, request: ProjectDiffRequest): Promise<ProjectContractDiff> {
  const { before, after, data, folder, object, ...rest } = request;
  const [old, young] = [placeOf(project, before, folder), placeOf(project, after, folder)];
  const datasets = Object.keys(project.config.data).filter((name) => [old, young].some(({ path }) => isContractOf(project, name, path)));
  const [only] = data;
  const isVersion =
    data.length === 1 && only !== undefined && Object.hasOwn(project.config.data, only) && !existsSync(resolve(folder, only));
  const weighed: readonly DataToWeigh[] =
    data.length === 0
      ? []
      : [
          isVersion
            ? { object: object ?? only, ...(await versionOf(project, only)) }
            : { object, patterns: data.map((one) => relative(project.root, resolve(folder, one)) || '.') },
        ];
  const diff = await diffContractFiles({ ...rest, before: old.word, after: young.word, data: weighed, folder: project.root });
  return { ...diff, hit: datasets.length === 0 ? null : await whoIsHit(project, await changedColumns(project, datasets, diff)) };
}

async function versionOf(project: Project, name: string) {
  const { version } = await newestDataset(project, name);
  return { title: `data.${name}`, files: await versionFiles(project.store, version), time: project.config.data[name]?.time ?? null };
}

function isContractOf({ config }: Project, name: string, path: string): boolean {
  const contract = config.data[name]?.contract ?? null;
  return contract !== null && normalize(contract) === normalize(path);
}

/** What a word means, with a path that is relative to the project. */
function placeOf(project: Project, word: string, folder: string): { readonly word: string; readonly path: string } {
  const { config, root } = project;
  const isThere = existsSync(resolve(folder, word));
  const colon = isThere ? -1 : word.indexOf(':');
  const [revision, name] = colon > 0 ? [word.slice(0, colon), word.slice(colon + 1)] : [null, word];
  const contract = !isThere && Object.hasOwn(config.data, name) ? (config.data[name]?.contract ?? null) : null;
  if (!isThere && Object.hasOwn(config.data, name) && contract === null)
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot compare data contracts of "data.${name}": it has none`,
      `Add "contract: FILE" to "${name}" in tidegate.yaml`,
    );
  if (!isThere && contract === null && revision === null && !/[./]/.test(name)) {
    const near = nearest(name, Object.keys(config.data));
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot find "${name}": it is no file and no dataset`,
      near === null ? `Datasets: ${Object.keys(config.data).join(', ')}` : `Did you mean "${near}"?`,
    );
  }
  const path = contract ?? relative(root, resolve(folder, name));
  return { word: revision === null ? path : `${revision}:${path}`, path: relative(root, join(root, path)) };
}
