import { dirname, relative } from 'node:path';
import { failure } from '@tidegate/formats';
import { dvcCache, type DvcFile, dvcFiles, type DvcOutput, hasDvcMd5, readDvcFile } from '../../data/index.ts';
import { prepareFolder } from '../../pipeline/index.ts';
import { entryAt } from '../../platform/index.ts';
import { isTreePath } from '../../store/index.ts';
import { requireDataset } from './dataset-views.ts';
import { isOwnPath } from '../is-own-path.ts';
import type { Project } from '../project.ts';
import { addDataset } from './add-dataset.ts';
import { copyWhole } from './import-files.ts';
import type { ImportedFiles, ImportOptions } from './import-places.ts';

/**
 * Takes a dataset over from DVC: what a `.dvc` file or a `dvc.lock` names, out of the working tree where it lies there, or else out of DVC's cache, each file
 * held against its MD5 before anything is written; then adds it. Files stay at the paths that they have with DVC, which the dataset must read. DVC and its
 * cache stay as they are.
 *
 * @param options `from` is the `.dvc` file or the `dvc.lock`, absolute
 * @throws TG-CLI-NOT-FOUND; TG-DATA-DVC for what is missing or damaged; TG-CLI-USAGE when other bytes are in the way
 */
export async function importDvc(project: Project, dataset: string, options: ImportOptions): Promise<ImportedFiles> {
  requireDataset(project, dataset);
  const { root } = project;
  const outputs = ownOutputs(project, dataset, { from: options.from, outputs: await readDvcFile(options.from) });
  const cache = await dvcCache(options.from, { system: process.platform, variables: project.platform.variables });
  if (cache === null)
    throw failure(
      'TG-DATA-DVC',
      `Cannot import "${options.from}": it lies in no DVC repository`,
      'Name a file beside or below a folder ".dvc"',
    );
  const files = await dvcFiles(outputs, cache);
  const wanted = await filesToCopy(files, { root, folder: cache.folder, options });
  const paths = files.map(({ path }) => relative(root, path));
  if (options.dryRun) return { paths, copied: wanted.length, rows: null, added: null };
  for (const folder of new Set(wanted.map(({ path }) => dirname(path)))) await prepareFolder(root, relative(root, folder));
  for (const { path, object, isExecutable } of wanted) {
    options.signal.throwIfAborted();
    await copyWhole(object, path, isExecutable ? 0o755 : 0o644);
  }
  return { paths, copied: wanted.length, rows: null, added: await addDataset(project, dataset, options) };
}

interface NamedOutputs {
  readonly from: string;
  readonly outputs: readonly DvcOutput[];
}

/** What of the outputs lies where the dataset has its files: a `dvc.lock` has those of other datasets as well. */
function ownOutputs({ root, config }: Project, dataset: string, { from, outputs }: NamedOutputs): readonly DvcOutput[] {
  const settings = config.data[dataset];
  const name = (path: string): string => relative(root, path);
  const own = outputs.filter(({ path }) => settings !== undefined && isTreePath(name(path)) && isOwnPath(name(path), dataset, settings));
  if (own.length > 0) return own;
  const [first] = outputs;
  const named = outputs.map(({ path }) => `"${name(path)}"`);
  throw failure(
    'TG-DATA-DVC',
    `Cannot import "${name(from)}" into data.${dataset}: ${first === undefined ? 'it names no output' : `the dataset does not read ${named.slice(0, 5).join(', ')}`}`,
    first === undefined
      ? 'Name a .dvc file or a dvc.lock with outputs'
      : `Write in tidegate.yaml: data: { ${dataset}: { from: { files: ${name(first.path)} } } }`,
  );
}

type FileToCopy = DvcFile & { readonly object: string };

/** Those that are not in place yet; all others are as DVC knows them. */
async function filesToCopy(
  files: readonly DvcFile[],
  { root, folder, options: { signal, onProgress } }: { readonly root: string; readonly folder: string; readonly options: ImportOptions },
): Promise<readonly FileToCopy[]> {
  const [wanted, missing, damaged]: [FileToCopy[], string[], string[]] = [[], [], []];
  for (const [index, file] of files.entries()) {
    signal.throwIfAborted();
    onProgress({ files: index, ofFiles: files.length, bytes: 0 });
    const { path, object } = file;
    const found = entryAt(path);
    if (found?.isFile() === true && (await hasDvcMd5(path, file))) continue;
    if (object === null) missing.push(`"${relative(root, path)}" (${file.md5})`);
    else if (!(await hasDvcMd5(object, file))) damaged.push(`"${relative(root, path)}" (${relative(root, object)})`);
    else if (found !== null && !found.isSymbolicLink()) throw inTheWay(relative(root, path));
    else wanted.push({ ...file, object });
  }
  if (missing.length + damaged.length === 0) return wanted;
  const listed = [...missing.map((one) => `${one} is not in "${relative(root, folder)}"`), ...damaged.map((one) => `${one} is damaged`)];
  const more = listed.length > mostNamed ? `, and ${listed.length - mostNamed} more` : '';
  throw failure(
    'TG-DATA-DVC',
    `Cannot import ${listed.length} of ${files.length} files: ${listed.slice(0, mostNamed).join(', ')}${more}`,
    damaged.length > 0
      ? 'Remove the damaged ones from the cache, and fetch them again: "dvc fetch"'
      : 'Fetch them where DVC works: "dvc fetch"',
  );
}

const mostNamed = 10;

function inTheWay(path: string): Error {
  return failure(
    'TG-CLI-USAGE',
    `Cannot import "${path}": other bytes are there than DVC has noted`,
    'Keep them with "dvc commit", or bring back what was noted with "dvc checkout"',
  );
}
