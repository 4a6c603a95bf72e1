import { type Digest, digestOfHex, hexOf } from '@tidegate/formats';
import { type ControlFields, readParagraphs } from './control-fields.ts';

/** A package of Debian as an index of packages names it (Debian repository format, "Packages"). */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Of the `.deb` file. */
  readonly digest: Digest;
  readonly bytes: number;
  /** Below the mirror. */
  readonly path: string;
  /** What it needs, the first of several that would do; virtual packages among them. */
  readonly needs: readonly string[];
  readonly provides: readonly string[];
}

/** By name; of several versions the last one of the text counts, so newer indexes come last. */
export function readPackagesIndex(text: string): ReadonlyMap<string, DebianPackage> {
  const found = new Map<string, DebianPackage>();
  for (const fields of readParagraphs(text)) {
    const named = packageOf(fields);
    if (named !== null) found.set(named.name, named);
  }
  return found;
}

/** As {@link readPackagesIndex} reads it. @param bytes of the `.deb` file */
export function packageParagraph(one: Omit<DebianPackage, 'bytes' | 'provides'>, bytes: number): string {
  const { name, version, architecture, digest, path, needs } = one;
  const depends = needs.length === 0 ? '' : `Depends: ${needs.join(', ')}\n`;
  return `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\n${depends}Filename: ${path}\nSize: ${bytes}\nSHA256: ${hexOf(digest)}\n`;
}

function packageOf(fields: ControlFields): DebianPackage | null {
  const [name, version, architecture, sum, size, path] = ['package', 'version', 'architecture', 'sha256', 'size', 'filename'].map(
    (field) => fields.get(field) ?? '',
  );
  if (!name || !version || !architecture || !path || !/^[0-9a-f]{64}$/.test(sum ?? '')) return null;
  return {
    name,
    version,
    architecture,
    digest: digestOfHex(sum ?? ''),
    bytes: Number(size),
    path,
    needs: [...namesIn(fields.get('pre-depends')), ...namesIn(fields.get('depends'))],
    provides: namesIn(fields.get('provides')),
  };
}

/** `libc6 (>= 2.36), foo:any | bar` is `libc6`, `foo`. */
function namesIn(list = ''): readonly string[] {
  return list.split(',').flatMap((one) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(one)?.[1] ?? []);
}
