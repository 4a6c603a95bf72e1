import { join } from 'node:path';
import { type DatasetVersion, type Digest, failure } from '@tidegate/formats';
import { errorOf, readYamlText } from '../../config/index.ts';
import {
  consumerFiles,
  type DatasetFile,
  type JudgedContract,
  judgeFiles,
  parseContract,
  readVersion,
  versionFiles,
} from '../../data/index.ts';
import { newestDataset } from '../data/dataset-views.ts';
import { versionNamed } from '../data/version-names.ts';
import type { Project } from '../project.ts';

export interface DatasetContractTest {
  /** A digest or its first digits, a commit, branch or tag; null = the newest version that a run made. */
  readonly version: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/**
 * Judges a version of a dataset by its data contract as it is in the working tree, and by those of its consumers, without a run.
 *
 * @throws TG-CLI-NOT-FOUND; TG-CONFIG-FILE-MISSING and every mistake of a document; as the step of the dataset
 */
export async function testDatasetContract(
  project: Project,
  name: string,
  { version: word, now, signal }: DatasetContractTest,
): Promise<readonly JudgedContract[]> {
  const digest = word === null ? (await newestDataset(project, name)).digest : await versionNamed(project, name, word);
  if (digest === null) throw new Error(`Cannot find the digest of the newest version of data.${name}; please report this`);
  const version = await readVersion(project.store, { digest });
  const config = project.config.data[name];
  const paths = [
    ...(config?.contract === null || config?.contract === undefined ? [] : [config.contract]),
    ...(await consumerFiles(project.root, config?.consumers ?? [])),
  ];
  if (paths.length === 0)
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot test "data.${name}": it has no data contract`,
      `Add "contract: FILE" to "${name}" in tidegate.yaml`,
    );
  const files = await versionFiles(project.store, version);
  const judged: JudgedContract[] = [];
  for (const path of paths) judged.push(await judgeVersion(project, { name, path, digest, version, files, now, signal }));
  return judged;
}

interface VersionToJudge {
  readonly name: string;
  readonly path: string;
  readonly digest: Digest;
  readonly version: DatasetVersion;
  readonly files: readonly DatasetFile[];
  readonly now: number;
  readonly signal: AbortSignal;
}

async function judgeVersion(
  { root, config }: Project,
  { name, path, digest, version, files, now, signal }: VersionToJudge,
): Promise<JudgedContract> {
  const parsed = parseContract({ file: path, text: await readYamlText(join(root, path), path), dataset: name });
  if (!parsed.ok) throw errorOf(parsed.failure);
  const time = config.data[name]?.time ?? null;
  const hasFolders = version.columns.some(({ folder }) => folder === true);
  return judgeFiles(parsed.value, files, { data: `data.${name}`, digest, now, time, hasFolders, signal });
}
