import { failure, type TableColumn } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { hashOfRow, impossibleValue, keyColumnsIn, type KeyRows, keyTexts, parseKeys, readKeysFile } from '../../data/index.ts';
import type { Project } from '../project.ts';
import type { DatasetVersions } from './dataset-versions.ts';
import { rowHashingOf } from './row-hashing.ts';

export interface KeysGiven {
  /** `id=4711`, one for each row or set of rows. */
  readonly words: readonly string[];
  /** A file of keys; null = none. */
  readonly file: string | null;
}

/** The keys that were given, once the dataset was seen to have such columns in its key. @throws TG-DATA-FORGET */
export async function keysToForget(
  { config }: Pick<Project, 'config'>,
  dataset: string,
  { known, given: { words, file } }: { readonly known: DatasetVersions; readonly given: KeysGiven },
): Promise<KeyRows> {
  const key = keyOf({ config }, dataset, known);
  if (key.length === 0)
    throw failure(
      'TG-DATA-FORGET',
      `Cannot forget rows of data.${dataset}: it has no key that tells them apart`,
      `Declare one under "${dataset}" in tidegate.yaml, as in "table: { key: id }", run "tidegate run data.${dataset}", and call this again`,
    );
  if ((words.length === 0) === (file === null))
    throw failure(
      'TG-DATA-FORGET',
      `Cannot forget rows of data.${dataset}: ${file === null ? 'no key is given' : 'keys are given one by one and in a file'}`,
      `Write "--key ${key.map((column) => `${column}=VALUE`).join(',')}" for each row, or "--keys FILE"`,
    );
  return file === null ? parseKeys(words, { dataset, key }) : readKeysFile(file, { dataset, key });
}

/** What the project says, or else what a source has told of its table. */
function keyOf({ config }: Pick<Project, 'config'>, dataset: string, { tables }: DatasetVersions): readonly string[] {
  const declared = config.data[dataset]?.table?.key ?? [];
  if (declared.length > 0) return declared;
  return [...tables.values()].find(({ key }) => key.length > 0)?.key ?? [];
}

/** A value that no column of the key can have would be found nowhere: most likely it is a mistake. The engine knows the keys. @throws TG-DATA-FORGET */
export async function refuseImpossible(
  engine: Engine,
  dataset: string,
  { known, keys }: { readonly known: DatasetVersions; readonly keys: KeyRows },
): Promise<void> {
  const tables = [...known.tables.values()].flatMap(({ columns }) => keyColumnsIn(columns, keys) ?? []);
  for (const [at, column] of keys.columns.entries()) {
    const types = [...new Set(tables.filter(({ name }) => name.toLowerCase() === column.toLowerCase()).map(({ type }) => type))];
    const bad = types.length === 0 ? null : await impossibleValue(engine, at, types);
    if (bad !== null)
      throw failure(
        'TG-DATA-FORGET',
        `Cannot forget rows of data.${dataset}: "${bad}" is no value of "${column}" (${types.join(', ')})`,
        `Give it as "tidegate data diff ${dataset} --examples 10" shows the values of that column`,
      );
  }
}

/** What the tombstone has of the keys: of each the hash, as columns of whatever version have it. The engine knows the keys. */
export async function hashesOfKeys(
  engine: Engine,
  project: Project,
  { dataset, known, keys }: { readonly dataset: string; readonly known: DatasetVersions; readonly keys: KeyRows },
): Promise<readonly string[]> {
  const hashing = await rowHashingOf(project, dataset);
  const columns = new Map<string, readonly TableColumn[]>();
  for (const table of known.tables.values()) {
    const own = keyColumnsIn(table.columns, keys);
    if (own !== null) columns.set(own.map(({ type }) => type).join(), own);
  }
  const hashes = new Set<string>();
  for (const own of columns.values()) for (const values of await keyTexts(engine, own)) hashes.add(hashOfRow(hashing, values));
  return [...hashes].toSorted();
}
