import { basename, dirname, extname, join } from 'node:path';
import type { LogicalType } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { convertRows, type DatasetFile, formatOf, type RowFormat, rowFormats, scratchFolder } from '../../data/index.ts';
import { isGlob, prepareFolder } from '../../pipeline/index.ts';
import { digestOfFile, entryAt, rename, rm, statSync, syncFile, temporaryBeside } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { addDataset } from './add-dataset.ts';
import { folderOf, type ImportedFiles, type ImportOptions, isRead, presentFormat, refused } from './import-places.ts';
import { contractOf } from './readings/dataset-readings.ts';

/**
 * Puts the rows of files into one file that a table is read from, of the format that its files have: of CSV, JSON lines or Parquet of whatever names, as another program or
 * `tidegate data export` has left them. It appears whole or not at all, no other file is touched, and it is added.
 *
 * @throws TG-CLI-USAGE when the table reads no file of such a name, or it is there already; TG-DATA-FORMAT, TG-DATA-TABLE-KEY, TG-DATA-TYPE-CONFLICT; all before
 *   anything is in the project
 */
export async function importRows(
  project: Project,
  dataset: string,
  { files, ...options }: ImportOptions & { readonly files: readonly { readonly from: string; readonly name: string }[] },
): Promise<ImportedFiles> {
  const { root } = project;
  const { signal, dryRun } = options;
  const format = formatOf(files.map(({ name }) => name));
  if (format === 'files') throw refused(options.from, 'its files have no rows', 'Import .parquet, .csv or .jsonl files');
  const to = placeFor(project, dataset, options.from);
  const scratch = await scratchFolder();
  const temporary = dryRun ? join(scratch, basename(to)) : temporaryBeside(join(root, to));
  try {
    if (!dryRun) await prepareFolder(root, dirname(to));
    using engine = await openEngine({ threads: 2, spill: join(scratch, 'spill'), signal });
    const rows = await convertRows(engine, {
      dataset,
      files: await Promise.all(files.map(fileOf)),
      format,
      needed: project.config.data[dataset]?.table?.key ?? [],
      declared: await declaredTypes(project, dataset),
      to: { path: temporary, format: formatNamed(to) ?? 'parquet' },
    });
    const imported = { paths: [to], copied: 1, rows };
    if (dryRun) return { ...imported, added: null };
    await syncFile(temporary);
    await rename(temporary, join(root, to));
    return { ...imported, added: await addDataset(project, dataset, options) };
  } finally {
    await rm(temporary, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

async function fileOf({ from, name }: { readonly from: string; readonly name: string }): Promise<DatasetFile> {
  return { path: name, object: from, digest: await digestOfFile(from), bytes: statSync(from).size };
}

async function declaredTypes(project: Project, dataset: string): Promise<ReadonlyMap<string, LogicalType>> {
  const columns = (await contractOf(project, dataset))?.columns ?? [];
  return new Map(columns.flatMap(({ name, logicalType }) => (logicalType === null ? [] : [[name, logicalType] as const])));
}

const extensions: { readonly [F in RowFormat]: readonly string[] } = {
  parquet: ['.parquet', '.pq'],
  csv: ['.csv'],
  jsonl: ['.jsonl', '.ndjson', '.json'],
};

function formatNamed(path: string): RowFormat | null {
  return rowFormats.find((format) => extensions[format].includes(extname(path).toLowerCase())) ?? null;
}

/** A path that the table reads: a file that `from` names, or one named after what is imported where a pattern or a folder takes it. */
function placeFor(project: Project, dataset: string, from: string): string {
  const { root, config } = project;
  const settings = config.data[dataset];
  const patterns = settings?.from.files ?? [];
  const present = presentFormat(project, dataset);
  const formats = rowFormats.filter((format) => present === null || (format === 'jsonl' ? 'json' : format) === present);
  const name = basename(from, extname(from)) || dataset;
  const candidates = patterns.flatMap((pattern) => {
    if (!isGlob(pattern) && extname(pattern) !== '') return [pattern.replace(/^(\.\/)+/, '')];
    const folder = folderOf([pattern], dataset);
    return formats.flatMap((format) => extensions[format].map((extension) => join(folder, `${name}${extension}`)));
  });
  const found = candidates.find((path) => {
    const format = formatNamed(path);
    return format !== null && formats.includes(format) && settings !== undefined && isRead(path, settings, { root });
  });
  if (found === undefined)
    throw refused(
      from,
      `no file of its name is read by data.${dataset}, whose patterns are ${patterns.map((pattern) => `"${pattern}"`).join(', ')}`,
      'Rename what is imported, or add a pattern that takes it to "from"',
    );
  if (entryAt(join(root, found)) !== null)
    throw refused(
      from,
      `"${found}" is there already`,
      `Rename what is imported; or put rows onto a version: tidegate data add ${dataset} --onto pinned FILE`,
    );
  return found;
}
