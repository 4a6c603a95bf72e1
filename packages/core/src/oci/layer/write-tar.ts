import { Readable, type Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { compareCodeUnits } from '@tidegate/formats';
import { createTarPacker, type TarHeader } from 'modern-tar';
import { createReadStream, createWriteStream } from '../../platform/index.ts';
import type { LayerEntry } from './layer-entry.ts';

/**
 * Writes a tar archive: the same entries give the same bytes on every machine. Names come in the order of their code units, each after the folders it lies in; everything belongs
 * to root, has the time 0 and the mode 0644, or 0755 for programs and folders.
 *
 * @param file must not be there @param through what the bytes go through on their way
 */
export async function writeTar(entries: readonly LayerEntry[], file: string, through: readonly Transform[] = []): Promise<void> {
  const { readable, controller } = createTarPacker();
  const [written, fed] = await Promise.allSettled([
    pipeline([Readable.fromWeb(readable), ...through, createWriteStream(file, { flags: 'wx' })]),
    feed(controller, withFolders(entries)),
  ]);
  if (fed.status === 'rejected') throw fed.reason;
  if (written.status === 'rejected') throw written.reason;
}

type Packer = ReturnType<typeof createTarPacker>['controller'];

async function feed(packer: Packer, entries: readonly LayerEntry[]): Promise<void> {
  try {
    for (const entry of entries) {
      const body = packer.add(headerOf(entry));
      if (entry.kind === 'file') await pipeline(createReadStream(entry.from, { highWaterMark: 1 << 18 }), Writable.fromWeb(body));
      else await write(body, entry.kind === 'text' ? Buffer.from(entry.content) : null);
    }
    packer.finalize();
  } catch (error) {
    packer.error(error);
    throw error;
  }
}

async function write(body: WritableStream<Uint8Array>, bytes: Uint8Array | null): Promise<void> {
  const writer = body.getWriter();
  if (bytes !== null && bytes.length > 0) await writer.write(bytes);
  await writer.close();
}

function headerOf(entry: LayerEntry): TarHeader {
  const common = { name: entry.path, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };
  const mode = 'executable' in entry && entry.executable ? 0o755 : 0o644;
  switch (entry.kind) {
    case 'file':
      return { ...common, type: 'file', size: entry.bytes, mode };
    case 'text':
      return { ...common, type: 'file', size: Buffer.byteLength(entry.content), mode };
    case 'link':
      return { ...common, type: 'symlink', size: 0, mode: 0o777, linkname: entry.to };
    case 'folder':
      return { ...common, name: `${entry.path}/`, type: 'directory', size: 0, mode: entry.mode };
  }
}

function withFolders(entries: readonly LayerEntry[]): readonly LayerEntry[] {
  const named = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (!named.has(folder)) named.set(folder, { kind: 'folder', path: folder, mode: 0o755 });
    }
  return [...named.values()].toSorted((a, b) => compareCodeUnits(a.path, b.path));
}
