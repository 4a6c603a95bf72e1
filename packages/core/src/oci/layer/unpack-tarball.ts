import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createTarDecoder } from 'modern-tar';
import { mkdir, writeFile } from '../../platform/index.ts';

/** Writes the files of a gzipped tar archive below a folder, without the first folder of their names; links and what would lead out of it are left out. */
export async function unpackTarball(bytes: Uint8Array, folder: string): Promise<void> {
  const stream = Readable.from([Buffer.from(bytes)]).pipe(createGunzip());
  for await (const { header, body } of Readable.toWeb(stream).pipeThrough(createTarDecoder({ strict: true }))) {
    const content = await new Response(body).bytes();
    const parts = header.name.split('/').slice(1);
    if ((header.type !== 'file' && header.type !== undefined) || parts.length === 0 || parts.some((part) => part === '..' || part === ''))
      continue;
    const path = join(folder, ...parts);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content, { mode: (header.mode ?? 0) & 0o111 ? 0o755 : 0o644 });
  }
}
