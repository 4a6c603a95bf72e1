import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of 2 to 8 KiB with bytes that nothing can squeeze, in folders of 500; the same for the same seed. */
export function writeManyFiles(folder: string, count: number, seed = 'tide'): void {
  for (let index = 0; index < count; index++) {
    const inside = join(folder, `f${String(Math.floor(index / 500)).padStart(3, '0')}`);
    if (index % 500 === 0) mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, `${String(index).padStart(6, '0')}.bin`), bytesOf(`${seed}-${index}`));
  }
}

function bytesOf(name: string): Buffer {
  const outputLength = 2_048 + (createHash('sha256').update(name).digest().readUInt16LE(0) % 6_145);
  return createHash('shake256', { outputLength }).update(name).digest();
}

/** One digest over paths and bytes of all files below a folder: equal when the folders are. */
export function digestOfFolder(folder: string): string {
  const hash = createHash('sha256');
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort())
    if (statSync(join(folder, path)).isFile())
      hash.update(path).update(
        createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest(),
      );
  return hash.digest('hex');
}

/** What files take on the disk, in bytes; two names of one file count once. */
export function diskBytes(paths: readonly string[]): number {
  const seen = new Set<number>();
  let sum = 0;
  const visit = (path: string): void => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || seen.has(stat.ino)) return;
    seen.add(stat.ino);
    if (stat.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
    else sum += stat.blocks * 512;
  };
  for (const path of paths) visit(path);
  return sum;
}
