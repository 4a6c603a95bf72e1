import { join } from 'node:path';
import { failure, shape } from '@tidegate/formats';
import { exists, readTextIfThere } from '../../platform/index.ts';
import { isTreePath } from '../../store/index.ts';
import type { DvcCache } from './dvc-cache.ts';
import type { DvcOutput } from './dvc-file.ts';
import { hasDvcMd5 } from './dvc-md5.ts';

/** A file that DVC keeps. */
export interface DvcFile extends Pick<DvcOutput, 'path' | 'md5' | 'isExecutable' | 'isLegacy'> {
  /** Where its bytes should be in the cache; null when they are not there. */
  readonly object: string | null;
}

const folderList = shape.list(
  shape.object(
    { md5: shape.required(shape.text({ pattern: /^[0-9a-f]{32}$/, wants: 'an MD5' })), relpath: shape.required(shape.text()) },
    { open: true },
  ),
);

/** The files of outputs, those of folders as their lists in the cache name them. @throws TG-DATA-DVC when a list is missing, damaged, or names what is no path in the folder */
export async function dvcFiles(outputs: readonly DvcOutput[], cache: DvcCache): Promise<readonly DvcFile[]> {
  const files: DvcFile[] = [];
  for (const output of outputs) {
    const { path, isFolder, isLegacy } = output;
    if (!isFolder) files.push({ ...output, object: await objectOf(output, cache) });
    else
      for (const { md5, relpath } of await listOf(output, cache))
        files.push({
          path: join(path, relpath),
          md5,
          isExecutable: false,
          isLegacy,
          object: await objectOf({ md5, isFolder: false, isLegacy }, cache),
        });
  }
  return files;
}

async function objectOf(wanted: Pick<DvcOutput, 'md5' | 'isFolder' | 'isLegacy'>, { placesOf }: DvcCache): Promise<string | null> {
  for (const place of placesOf(wanted)) if (await exists(place)) return place;
  return null;
}

async function listOf(output: DvcOutput, cache: DvcCache): Promise<readonly { readonly md5: string; readonly relpath: string }[]> {
  const object = await objectOf(output, cache);
  if (object === null)
    throw refused(output, `its list of files, ${output.md5}.dir, is not in "${cache.folder}"`, 'Fetch it where DVC works: "dvc fetch"');
  if (!(await hasDvcMd5(object, { md5: output.md5, isLegacy: false }))) throw refused(output, `"${object}" is damaged`, repair(object));
  const parsed = shape.parse(folderList, listIn((await readTextIfThere(object)) ?? ''));
  if (!parsed.ok) throw refused(output, `"${object}" is no list of files: ${parsed.failure[0]?.message ?? 'it is empty'}`, repair(object));
  const strange = parsed.value.find(({ relpath }) => !isTreePath(relpath));
  if (strange !== undefined)
    throw refused(output, `"${object}" names ${JSON.stringify(strange.relpath)}, which is no path in that folder`, repair(object));
  return parsed.value;
}

function listIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function repair(object: string): string {
  return `Remove "${object}", and fetch it again: "dvc fetch"`;
}

function refused({ path }: DvcOutput, found: string, hint: string): Error {
  return failure('TG-DATA-DVC', `Cannot import "${path}": ${found}`, hint);
}
