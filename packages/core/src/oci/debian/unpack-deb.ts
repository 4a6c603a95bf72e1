import { join } from 'node:path';
import { Readable } from 'node:stream';
import { failure } from '@tidegate/formats';
import { createTarDecoder, type ParsedTarEntry, type TarHeader } from 'modern-tar';
import { readFile, writeFile } from '../../platform/index.ts';
import type { LayerEntry } from '../layer/layer-entry.ts';
import { decompressed } from './decompress.ts';
import { readAr } from './read-ar.ts';

/** What is in a package. */
export interface UnpackedDeb {
  readonly entries: readonly LayerEntry[];
  /** Its control file, for scanners of images. */
  readonly control: string;
}

/**
 * Reads a Debian package (deb(5)): its files go to a folder, under numbers, for the layer that is made of them. Nothing of it is run, and no name of it is a path here.
 *
 * @param folder is there, and empty @throws TG-IMAGE-PACKAGE for what is no package
 */
export async function unpackDeb(file: string, folder: string): Promise<UnpackedDeb> {
  const refuse = (found: string, cause?: unknown): Error =>
    failure('TG-IMAGE-PACKAGE', `Cannot read the Debian package "${file}": ${found}`, 'Take it from a mirror again', cause);
  const members = readAr(await readFile(file));
  const control = members?.find(({ name }) => name.startsWith('control.tar'));
  const data = members?.find(({ name }) => name.startsWith('data.tar'));
  if (control === undefined || data === undefined) throw refuse('it is no archive with "control.tar" and "data.tar" in it');
  try {
    return { control: await controlIn(control.name, control.bytes), entries: await filesIn(data.name, data.bytes, folder) };
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), error);
  }
}

function entriesOf(name: string, bytes: Uint8Array): AsyncIterable<ParsedTarEntry> {
  return Readable.toWeb(decompressed(name, bytes)).pipeThrough(createTarDecoder({ strict: true }));
}

async function controlIn(name: string, bytes: Uint8Array): Promise<string> {
  let found = '';
  for await (const { header, body } of entriesOf(name, bytes)) {
    const text = await new Response(body).text();
    if (pathOf(header.name) === 'control') found = text;
  }
  return found;
}

async function filesIn(name: string, bytes: Uint8Array, folder: string): Promise<readonly LayerEntry[]> {
  const entries = new Map<string, LayerEntry>();
  let written = 0;
  for await (const { header, body } of entriesOf(name, bytes)) {
    const path = pathOf(header.name);
    const content = await new Response(body).bytes(); // also of what is left out: the decoder does not go on before it is read
    if (path === null || isLeftOut(path)) continue;
    if (isFile(header)) {
      const from = join(folder, String((written += 1)));
      await writeFile(from, content, { flag: 'wx' });
      entries.set(path, { kind: 'file', path, from, bytes: header.size, executable: ((header.mode ?? 0) & 0o111) !== 0 });
    } else if (header.type === 'symlink') entries.set(path, { kind: 'link', path, to: header.linkname ?? '' });
    else if (header.type === 'directory') entries.set(path, { kind: 'folder', path, mode: (header.mode ?? 0o755) & 0o1777 });
    else if (header.type === 'link') {
      const target = entries.get(pathOf(header.linkname ?? '') ?? '');
      if (target?.kind === 'file') entries.set(path, { ...target, path });
    }
  }
  return [...entries.values()];
}

function isFile({ type }: TarHeader): boolean {
  return type === 'file' || type === undefined;
}

/** Relative, without `./`; null for the root, and for a name that leads out of it. */
function pathOf(name: string): string | null {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? null : parts.join('/');
}

/** Pages for readers; licences stay. */
function isLeftOut(path: string): boolean {
  if (path.startsWith('usr/share/doc/')) return !path.endsWith('/copyright');
  return /^usr\/share\/(man|info|locale|lintian|bash-completion|doc-base)\//.test(path);
}
