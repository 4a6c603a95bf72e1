import { type DatasetVersion, type Digest, type Json, type TableRecord, TidegateError } from '@tidegate/formats';
import { digestsIn, type State } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { historyPins } from '../remote/history-pins.ts';
import { digestsOfRow } from '../store/collect/other-tables.ts';
import { knownProjects } from '../store/collect/known-projects.ts';
import { lockPins } from '../store/lock-pins.ts';

/** What there is of a dataset: its versions, and tables, be they of a version or of what was read and never became one. */
export interface DatasetVersions {
  readonly versions: ReadonlyMap<Digest, DatasetVersion>;
  readonly tables: ReadonlyMap<Digest, TableRecord>;
  /** Versions that are files and no table, from before the dataset was one. */
  readonly ofFiles: readonly Digest[];
}

/**
 * Every version of a dataset that this home has, whatever names it still, and those that a commit of the project pins and the remote has. Of other projects
 * with a dataset of that name nothing is taken.
 */
export async function versionsOfDataset(project: Project, dataset: string): Promise<DatasetVersions> {
  const { own, others } = await namedDigests(project);
  const [versions, tables] = [new Map<Digest, DatasetVersion>(), new Map<Digest, TableRecord>()];
  const allVersions = new Set<Digest>();
  const take = (digest: Digest, record: Json): void => {
    if (isVersion(record) && record.dataset === dataset && (own.has(digest) || !others.has(digest))) versions.set(digest, record);
    if (isVersion(record)) allVersions.add(record.tree);
    if (isTable(record)) tables.set(digest, record);
  };
  for await (const { digest, record } of recordsHere(project)) take(digest, record);
  for (const digest of own)
    if (project.remote !== null && !(await project.objects.has(digest))) take(digest, await recordThere(project, digest));
  for (const { tree } of versions.values())
    if (!tables.has(tree)) {
      const record = await recordThere(project, tree);
      if (isTable(record)) tables.set(tree, record);
    }
  const trees = new Set([...versions.values()].map(({ tree }) => tree));
  const folders = new Set([...tables].filter(([digest]) => trees.has(digest)).map(([, { folder }]) => folder));
  const isOwn = (digest: Digest, { folder }: TableRecord): boolean =>
    trees.has(digest) || (!allVersions.has(digest) && (own.has(digest) || (folders.has(folder) && !others.has(digest))));
  const ofFiles: Digest[] = [];
  for (const [digest, { tree }] of versions)
    if (!tables.has(tree) && (await project.store.missing([{ digest: tree, bytes: null }])).length === 0) ofFiles.push(digest);
  return { versions, tables: new Map([...tables].filter(([digest, record]) => isOwn(digest, record))), ofFiles };
}

/** Records of ours among the objects of the home. */
async function* recordsHere({ objects }: Project): AsyncGenerator<{ readonly digest: Digest; readonly record: Json }> {
  for (const { digest, place } of objects.entries()) {
    if (place === 'pack') continue; // what begins like a record never lies in pieces
    const text = await objects.recordText(digest).catch(orNull);
    if (text === null || !/"format":"tidegate\.(dataset-version|table)\//.test(text)) continue;
    const record = parse(text);
    if (record !== null) yield { digest, record };
  }
}

/** What the remote has under a digest; null when it is no record, or nowhere. */
async function recordThere({ store }: Project, digest: Digest): Promise<Json> {
  if ((await store.missing([{ digest, bytes: null }])).length > 0) return null;
  return store.readJson(digest).catch((error: unknown) => {
    if (error instanceof SyntaxError) return null;
    return orNull(error);
  });
}

function orNull(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function isVersion(record: Json): record is Json & DatasetVersion {
  return formatOf(record) === 'tidegate.dataset-version/1';
}

function isTable(record: Json): record is Json & TableRecord {
  return formatOf(record) === 'tidegate.table/1';
}

function formatOf(record: Json): Json {
  return typeof record === 'object' && record !== null && 'format' in record ? (record['format'] ?? null) : null;
}

/** Objects that the state and the lock files of this project name, and those that others do. */
async function namedDigests({
  state,
  name,
  root,
}: Project): Promise<{ readonly own: ReadonlySet<Digest>; readonly others: ReadonlySet<Digest> }> {
  const [own, others] = [new Set<Digest>(), new Set<Digest>()];
  const projects = knownProjects(state);
  const roots = new Map(projects.map((one) => [one.root, one.name]));
  for (const { of, digests } of digestsInState(state, roots)) for (const one of digests) (of === name ? own : others).add(one);
  for (const place of [...projects, { name, root }]) {
    const pins = (await lockPins(place.root)) ?? [];
    for (const { digests } of pins) for (const one of digests) (place.name === name ? own : others).add(one);
    if (place.name === name) for (const one of (await historyPins(place.root)) ?? []) own.add(one);
  }
  return { own, others };
}

function* digestsInState(
  state: State,
  roots: ReadonlyMap<string, string>,
): Generator<{ readonly of: string | undefined; readonly digests: Iterable<Digest> }> {
  const withColumn = (column: string): readonly string[] =>
    state
      .prepare(
        "SELECT m.name AS name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = ? AND m.name NOT IN ('forgetting', 'replaced')",
      )
      .all(column)
      .map((row) => String(row['name']));
  for (const table of withColumn('project'))
    for (const row of state.database.prepare(`SELECT * FROM "${table}"`).iterate())
      yield { of: String(row['project']), digests: digestsOfRow(row) };
  for (const table of withColumn('root').filter((one) => one !== 'project'))
    for (const row of state.database.prepare(`SELECT * FROM "${table}"`).iterate())
      yield { of: roots.get(String(row['root'])), digests: digestsIn(Object.values(row).map(String).join(' ')) };
}
