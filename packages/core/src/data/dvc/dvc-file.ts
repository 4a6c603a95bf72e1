import { basename, dirname, resolve } from 'node:path';
import { failure, shape } from '@tidegate/formats';
import { errorOf, parseYaml } from '../../config/index.ts';
import { readTextIfThere } from '../../platform/index.ts';

/** What DVC keeps under one path: a file, or a folder with a list of its files. */
export interface DvcOutput {
  /** Absolute. */
  readonly path: string;
  /** 32 digits. */
  readonly md5: string;
  readonly isFolder: boolean;
  readonly isExecutable: boolean;
  /** Whether DVC before 3 has made it, which took the MD5 of texts without their carriage returns, and has a folder of its own in the cache. */
  readonly isLegacy: boolean;
}

const output = shape.object(
  {
    path: shape.required(shape.text()),
    md5: shape.optional(shape.text({ pattern: /^[0-9a-f]{32}(\.dir)?$/, wants: 'an MD5 in hexadecimal digits' })),
    hash: shape.optional(shape.text()),
    isexec: shape.optional(shape.boolean()),
  },
  { open: true },
);
const outputs = shape.optional(shape.list(output));
const dvcFile = shape.object({ outs: outputs, wdir: shape.optional(shape.text()) }, { open: true });
const lockFile = shape.object({ stages: shape.optional(shape.record(shape.object({ outs: outputs }, { open: true }))) }, { open: true });

type ReadOutput = shape.TypeOf<typeof output>;

/** Whether a file is one in which DVC notes what it keeps, by its name. */
export function isDvcFile(path: string): boolean {
  return path.endsWith('.dvc') || basename(path) === 'dvc.lock';
}

/**
 * What a `.dvc` file or a `dvc.lock` names. The form is that of `dvc/schema.py` of DVC 2 and 3.
 *
 * @throws TG-DATA-DVC when there is none, or it names what has no MD5; TG-CONFIG-… with every other mistake
 */
export async function readDvcFile(path: string): Promise<readonly DvcOutput[]> {
  const [file, text] = [basename(path), await readTextIfThere(path)];
  if (text === null) throw failure('TG-DATA-DVC', `Cannot read "${path}": there is no such file`, 'Correct its name');
  const folder = dirname(path);
  if (file === 'dvc.lock') {
    const parsed = parseYaml(file, text, lockFile);
    if (!parsed.ok) throw errorOf(parsed.failure);
    return Object.values(parsed.value.stages ?? {}).flatMap(({ outs = [] }) => outs.map((one) => outputOf(one, { file, folder })));
  }
  const parsed = parseYaml(file, text, dvcFile);
  if (!parsed.ok) throw errorOf(parsed.failure);
  const { outs = [], wdir = '.' } = parsed.value;
  return outs.map((one) => outputOf(one, { file, folder: resolve(folder, wdir) }));
}

function outputOf(
  { path, md5, hash, isexec = false }: ReadOutput,
  { file, folder }: { readonly file: string; readonly folder: string },
): DvcOutput {
  if (md5 === undefined)
    throw failure(
      'TG-DATA-DVC',
      `Cannot import "${path}" of "${file}": it has no MD5, so it was never kept, or only in a bucket with versions`,
      `Let DVC keep it first: "dvc add ${path}", or "dvc commit" for what a stage makes`,
    );
  const isFolder = md5.endsWith('.dir');
  return { path: resolve(folder, path), md5: md5.slice(0, 32), isFolder, isExecutable: isexec, isLegacy: hash !== 'md5' };
}
