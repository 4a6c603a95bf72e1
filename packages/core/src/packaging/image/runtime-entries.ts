import { join } from 'node:path';
import type { LayerEntry } from '../../oci/index.ts';
import { entriesBelow, stat } from '../../platform/index.ts';
import type { InstalledPackage } from './npm-closure.ts';

/** Where everything of ours lies in an image. */
export const imageRoot = 'opt/tidegate';

/** The files of packages that run in an image, without those for readers, for tests and for other platforms. */
export async function packageEntries(packages: readonly InstalledPackage[], cpu: string): Promise<readonly LayerEntry[]> {
  const entries: LayerEntry[] = [];
  for (const one of packages) {
    for (const path of entriesBelow(one.folder).files)
      if (!isLeftOut(path, cpu)) entries.push(await fileEntry(`${imageRoot}/${one.place}/${path}`, join(one.folder, path)));
    if (!one.isInstalled)
      entries.push({
        kind: 'link',
        path: `${imageRoot}/node_modules/${one.name}`,
        to: `${'../'.repeat(one.name.split('/').length)}${one.place}`,
      });
  }
  return entries;
}

export async function fileEntry(path: string, from: string): Promise<LayerEntry> {
  const { size, mode } = await stat(from);
  return { kind: 'file', path, from, bytes: size, executable: (mode & 0o111) !== 0 };
}

function isLeftOut(path: string, cpu: string): boolean {
  if (/(^|\/)(node_modules|fixtures)\//.test(path)) return true;
  if (/\.(d\.[cm]?ts|map|md)$|\.(test|conformance)\.[jt]s$/i.test(path)) return true;
  const native = /^bin\/napi-v\d+\/(\w+)\/(\w+)\//.exec(path); // onnxruntime-node has those of every platform
  return native !== null && (native[1] !== 'linux' || native[2] !== cpu);
}
