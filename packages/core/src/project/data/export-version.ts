import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { copyOptions, type RowFormat, scratchFolder } from '../../data/index.ts';
import { mkdir, rm, stat } from '../../platform/index.ts';
import { appearing } from '../appearing.ts';
import type { Project } from '../project.ts';
import { filesOfVersion, rowsOfVersion } from './quarantine-of.ts';

export interface ExportedVersion {
  readonly version: Digest;
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

export interface ExportRequest {
  /** A digest or its first digits, a commit, branch or tag; null = the pinned version. */
  readonly version: string | null;
  readonly folder: string;
}

/**
 * Writes a version as a plain folder that needs no Tidegate; the files have the paths that they have in the project. It appears whole or not at all.
 *
 * @param folder absolute; not there, or empty
 * @throws TG-CLI-NOT-FOUND, TG-CLI-USAGE when something is in the folder; TG-STORE-OBJECT-MISSING
 */
export async function exportVersion(project: Project, dataset: string, { version: word, folder }: ExportRequest): Promise<ExportedVersion> {
  const { digest: version, tree, files, bytes } = await filesOfVersion(project, dataset, word);
  await appearing(folder, (temporary) => project.store.checkOutTree(tree, temporary));
  return { version, folder, files, bytes };
}

/**
 * Writes the rows of a version as one file `DATASET.parquet`, `.csv` or `.jsonl` in a folder, whatever its own files are, in their order and with the columns of
 * the version. It appears whole or not at all. Memory is bounded whatever the size.
 *
 * @param folder absolute; not there, or empty
 * @throws as {@link exportVersion}; TG-DATA-FORMAT for files that are not read as rows
 */
export async function exportRows(
  project: Project,
  dataset: string,
  { version: word, folder, format, signal }: ExportRequest & { readonly format: RowFormat; readonly signal: AbortSignal },
): Promise<ExportedVersion> {
  const { digest, rows } = await rowsOfVersion(project, dataset, word);
  const name = `${dataset}.${format}`;
  const scratch = await scratchFolder();
  try {
    using engine = await openEngine({ threads: 2, spill: join(scratch, 'spill'), signal });
    await appearing(folder, async (temporary) => {
      await mkdir(temporary);
      await engine.run(`COPY (${rows}) TO ${quoteText(join(temporary, name))} (${copyOptions[format]})`);
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return { version: digest, folder, files: 1, bytes: (await stat(join(folder, name))).size };
}
