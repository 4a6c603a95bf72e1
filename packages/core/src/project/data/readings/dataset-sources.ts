import { extname } from 'node:path';
import { type Digest, TidegateError } from '@tidegate/formats';
import { type DatasetFile, formatOf, type ReadableFile, type RowReading } from '../../../data/index.ts';
import type { RefreshEngine } from '../../../features/index.ts';
import { type FoundFile, projectFiles } from '../../../pipeline/index.ts';
import { stat } from '../../../platform/index.ts';
import { fileDigests } from '../../../store/index.ts';
import type { ArrivedFiles } from './arrived-files.ts';
import type { KnownDataset } from './dataset-readings.ts';
import { keptMatching } from './matching-files.ts';
import type { Project } from '../../project.ts';

/** A file that is not read this time. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** The files of a dataset as they are now. */
export interface DatasetSource {
  readonly dataset: string;
  readonly reading: RowReading;
  readonly files: readonly ReadableFile[];
  readonly skipped: readonly SkippedFile[];
  /** Whether there is no file at all, so that these are those of the newest version. */
  readonly isAbsent: boolean;
}

interface Places {
  readonly engine: RefreshEngine;
  readonly arrived: ArrivedFiles;
}

/**
 * Looks at the files of datasets. Unchanged ones are known by their stat and not read. One that cannot be read, as one that is still
 * being written, is skipped with the reason. Where there is none at all, as in a clone without its data, the files of the newest version stand for them.
 */
export async function datasetSources(
  project: Project,
  datasets: ReadonlyMap<string, KnownDataset>,
  places: Places,
): Promise<readonly DatasetSource[]> {
  const { engine, arrived } = places;
  const { root, home, state, platform, config } = project;
  const files = projectFiles(root, [home.root]);
  const digests = fileDigests(state, platform.clock);
  const read = async (found: FoundFile, reading: RowReading): Promise<ReadableFile> => {
    if (formatOf([found.path]) !== reading.format)
      throw new Error(`it is a "${extname(found.path)}" file, and the dataset is of ${reading.format}`);
    const { digest, stamp } = await digests.of(found.file, found.stat);
    const object = await arrived.keep(found.file, digest);
    const file: DatasetFile = { path: found.path, digest, bytes: Number(stamp.bytes), object };
    return engine.readable(reading, file);
  };
  const sources: DatasetSource[] = [];
  for (const [dataset, { reading, version }] of datasets) {
    const readable: ReadableFile[] = [];
    const skipped: SkippedFile[] = [];
    const matching = keptMatching(files, config.data[dataset]);
    if (matching.length === 0) {
      sources.push({ dataset, reading, files: await filesOfVersion(project, { version, reading }, places), skipped: [], isAbsent: true });
      continue;
    }
    for (const found of matching)
      try {
        readable.push(await read(found, reading));
      } catch (error) {
        if (!isAboutFile(error)) throw error;
        skipped.push({ path: found.path, reason: reasonOf(error, found.path) });
      }
    sources.push({ dataset, reading, files: readable, skipped, isAbsent: false });
  }
  digests.save();
  return sources;
}

async function filesOfVersion(
  { store }: Project,
  { version, reading }: KnownDataset,
  { engine, arrived }: Places,
): Promise<readonly ReadableFile[]> {
  const files: ReadableFile[] = [];
  for (const { path, digest, bytes } of (await store.readTree(version.tree)).entries) {
    const object = (await arrived.find(digest)) ?? (await store.pathOf(digest));
    files.push(await engine.readable(reading, { path, digest, bytes, object }));
  }
  return files;
}

/** What says nothing about the file is no reason to go on without it. */
function isAboutFile(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === 'AbortError') return false;
  return !(error instanceof TidegateError) || !/^TG-STORE-(DISK-FULL|NOT-WRITABLE)$/.test(error.diagnostics[0].code);
}

function reasonOf(error: unknown, path: string): string {
  const message = error instanceof TidegateError ? error.diagnostics[0].message : error instanceof Error ? error.message : String(error);
  const [line = ''] = message.split('\n');
  const said = line.replace(`Cannot read "${path}": `, '');
  return said.length > mostReason ? `${said.slice(0, mostReason)}…` : said;
}

const mostReason = 200;

/** Bytes of a file that was read before, with the path and digest it had. */
export async function fileOfBefore(
  { path, digest }: { readonly path: string; readonly digest: Digest },
  { reading, engine, arrived }: Places & { readonly reading: RowReading },
): Promise<ReadableFile | null> {
  const object = await arrived.find(digest);
  return object === null ? null : engine.readable(reading, { path, digest, bytes: (await stat(object)).size, object });
}
