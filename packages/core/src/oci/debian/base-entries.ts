import type { LayerEntry } from '../layer/layer-entry.ts';
import { readFileSync } from '../../platform/index.ts';
import type { UnpackedDeb } from './unpack-deb.ts';

/** The user that a container runs as: no name of a machine, and not root. */
export const nonRoot = { id: 65_532, name: 'nonroot' } as const;

/**
 * What the layer of a base is made of: the files of packages, and what their scripts would have made. A package is also told as scanners of images look for it in one without dpkg
 * (`/var/lib/dpkg/status.d`).
 */
export function baseEntries(packages: readonly (UnpackedDeb & { readonly name: string })[]): readonly LayerEntry[] {
  const files = new Map(packages.flatMap(({ entries }) => entries.map((entry) => [entry.path, entry] as const)));
  const text = (path: string, content: string): LayerEntry => ({ kind: 'text', path, executable: false, content });
  const authorities = [...files.values()].filter(
    ({ kind, path }) => kind === 'file' && /^usr\/share\/ca-certificates\/.*\.crt$/.test(path),
  );
  for (const made of [
    text(
      'etc/passwd',
      `root:x:0:0:root:/root:/sbin/nologin\n${nonRoot.name}:x:${nonRoot.id}:${nonRoot.id}:${nonRoot.name}:/home/${nonRoot.name}:/sbin/nologin\n`,
    ),
    text('etc/group', `root:x:0:\n${nonRoot.name}:x:${nonRoot.id}:\n`),
    text('etc/nsswitch.conf', 'hosts: files dns\n'),
    ...(authorities.length === 0 ? [] : [text('etc/ssl/certs/ca-certificates.crt', authorities.map(contentOf).join(''))]),
    { kind: 'folder', path: 'tmp', mode: 0o1777 } as const,
    ...packages.map(({ name, control }) => text(`var/lib/dpkg/status.d/${name}`, control)),
  ])
    files.set(made.path, made);
  return withoutFoldersInPlaceOfLinks([...files.values()]);
}

function contentOf(entry: LayerEntry): string {
  return entry.kind === 'file' ? `${readFileSync(entry.from, 'utf8').trimEnd()}\n` : '';
}

/** A package may have as a folder what another has as a link to one: the link stays, as it does when dpkg installs them. */
function withoutFoldersInPlaceOfLinks(entries: readonly LayerEntry[]): readonly LayerEntry[] {
  const links = new Set(entries.filter(({ kind }) => kind === 'link').map(({ path }) => path));
  return entries.filter(({ kind, path }) => kind !== 'folder' || !links.has(path));
}
