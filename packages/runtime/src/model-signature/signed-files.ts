import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { refused } from './refused.ts';

/** How files became entries of a manifest: `serialization` of the OMS predicate (OMS v1.0, section 5.2.2). */
export interface Serialization {
  readonly method: 'files' | 'shards';
  readonly hash_type: HashType;
  readonly shard_size?: number;
  readonly allow_symlinks: boolean;
  readonly ignore_paths?: readonly string[];
}

/** `sha256` and `blake2b` of OMS's registry of algorithms; its third, `blake3`, is optional and not supported. */
export type HashType = 'sha256' | 'blake2b';

/** One file, or one part of it, in a signed manifest. */
export interface Resource {
  readonly name: string;
  readonly digest: string;
  readonly algorithm: string;
}

/** Left out at the root of every model (OMS v1.0, section 6.2). */
export const alwaysIgnored = ['.git', '.gitignore', '.gitattributes', '.github'];

/**
 * Paths of the files of a model, relative, in the order of their code points; of a model that is one file its name.
 *
 * @param ignored paths relative to the root that are left out with everything below
 * @throws TG-MODELS-SIGNATURE for symbolic links and a model without files
 */
export async function filesOf(root: string, ignored: readonly string[]): Promise<readonly string[]> {
  if ((await lstat(root)).isFile()) return [basename(root)];
  const isLeftOut = (path: string): boolean => [...alwaysIgnored, ...ignored].some((one) => path === one || path.startsWith(`${one}/`));
  const entries = (await readdir(root, { withFileTypes: true, recursive: true }))
    .map((entry) => ({ entry, path: relative(root, join(entry.parentPath, entry.name)).split(sep).join('/') }))
    .filter(({ entry, path }) => !entry.isDirectory() && !isLeftOut(path))
    .toSorted((a, b) => compareCodePoints(a.path, b.path));
  const odd = entries.find(({ entry }) => !entry.isFile());
  if (odd !== undefined) throw refused(root, `"${odd.path}" is ${odd.entry.isSymbolicLink() ? 'a symbolic link' : 'no regular file'}`);
  if (entries.length === 0) throw refused(root, 'it has no files');
  return entries.map(({ path }) => path);
}

/** The entries of a manifest for files of a model, in the order of their names. */
export async function resourcesOf(root: string, files: readonly string[], how: Serialization): Promise<readonly Resource[]> {
  const isOneFile = (await stat(root)).isFile();
  const found: Resource[] = [];
  for (const file of files) {
    const path = isOneFile ? root : join(root, file);
    const size = (await stat(path)).size;
    for (const { name, start, end } of rangesOf(file, size, how))
      found.push({ name, algorithm: how.hash_type, digest: await digestOf(path, { start, end, algorithm: how.hash_type }) });
  }
  return found.toSorted((a, b) => compareCodePoints(a.name, b.name));
}

interface Range {
  readonly name: string;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

function rangesOf(file: string, size: number, { method, shard_size: shard = 1_000_000_000 }: Serialization): readonly Range[] {
  if (method === 'files') return [{ name: file, start: 0, end: size }];
  return Array.from({ length: Math.ceil(size / shard) }, (_, index) => {
    const [start, end] = [index * shard, Math.min(size, (index + 1) * shard)];
    return { name: `${file}:${start}:${end}`, start, end };
  });
}

async function digestOf(path: string, range: Omit<Range, 'name'> & { readonly algorithm: HashType }): Promise<string> {
  const hash = createHash(range.algorithm === 'sha256' ? 'sha256' : 'blake2b512');
  if (range.end > range.start)
    for await (const part of createReadStream(path, { start: range.start, end: range.end - 1 })) hash.update(part as Uint8Array);
  return hash.digest('hex');
}

/** The order of Unicode code points, which differs from that of code units beyond the basic plane. */
export function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)); // UTF-8 has the order of code points
}

/** SHA-256 over the digests of all resources in their order: the one digest of a model (OMS v1.0, section 6.5.1). */
export function rootDigest(resources: readonly Resource[]): string {
  const hash = createHash('sha256');
  for (const { digest } of resources) hash.update(Buffer.from(digest, 'hex'));
  return hash.digest('hex');
}
