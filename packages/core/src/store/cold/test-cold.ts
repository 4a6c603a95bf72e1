import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Digest, hexOf } from '@tidegate/formats';
import { type FolderObjectStore, folderObjectStore } from '../objects/folder-object-store.ts';

export interface Rig {
  readonly root: string;
  readonly store: FolderObjectStore;
}

export function makeStore(t: TestContext): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cold-'));
  const root = join(folder, 'objects');
  const store = folderObjectStore(root);
  t.after(() => {
    store[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });
  return { root, store };
}

export const length = 3 << 19;

/** Two objects that differ by a few bytes in the middle. */
export async function putTwins({ store }: Rig): Promise<{ readonly digests: readonly Digest[]; readonly contents: readonly Buffer[] }> {
  const first = randomBytes(length);
  const second = Buffer.concat([first.subarray(0, length / 2), Buffer.from('tide'), first.subarray(length / 2)]);
  const contents = [first, second];
  const digests = [(await store.putBytes(first)).digest, (await store.putBytes(second)).digest];
  return { digests, contents };
}

export function fileOf({ root }: Rig, digest: Digest): string {
  return join(root, hexOf(digest).slice(0, 2), hexOf(digest).slice(2));
}

export function packsOf({ root }: Rig): readonly string[] {
  return readdirSync(join(root, 'packs')).flatMap((name) => (name.endsWith('.pack') ? [join(root, 'packs', name)] : []));
}

export function bytesOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + statSync(path).size, 0);
}

/** Changes a byte of the first piece of a pack. */
export function damage([pack = '']: readonly string[]): void {
  const bytes = readFileSync(pack);
  bytes[1_000] = (bytes[1_000] ?? 0) ^ 1;
  chmodSync(pack, 0o644);
  writeFileSync(pack, bytes);
}

/** As if it had been written long ago. */
export function age(paths: readonly string[]): void {
  for (const path of paths) utimesSync(path, new Date(0), new Date(0));
}
