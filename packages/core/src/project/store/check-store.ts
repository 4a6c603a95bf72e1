import { type Artifact, type Digest, digest, isDigest, TidegateError } from '@tidegate/formats';
import { deploymentHistory, liveAfter } from '../../deploy/index.ts';
import { missingObjects } from '../../pipeline/index.ts';
import { digestsIn, type ObjectStore, readKeyRecord, type State } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { checkLockPins } from './check-lock-pins.ts';

/** Something in a store or a state that is not as it must be. */
export interface StoreProblem {
  readonly kind: 'database' | 'object' | 'result' | 'run' | 'deployment' | 'pin' | 'lock';
  /** Which one: a digest, a key with its step, a run, an environment. */
  readonly about: string;
  readonly found: string;
  /** What to do; null when it was repaired. */
  readonly hint: string | null;
}

export interface StoreCheck {
  readonly objects: number;
  readonly bytes: number;
  readonly results: number;
  readonly runs: number;
  readonly problems: readonly StoreProblem[];
}

export interface CheckOptions {
  /** Takes what is damaged or missing from the remote, and results that lack something out of the cache. Default false. */
  readonly repair?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Reads every object, and looks whether everything that a result, a run, a live deployment, a pin or a lock file of any project of the home names is there and
 * readable. What is damaged is set aside, as it is whenever it is read. Objects that a result was taken from a remote for may be there only.
 */
export async function checkStore(project: Project, options: CheckOptions = {}): Promise<StoreCheck> {
  const { state } = project;
  const databases = checkDatabases(project);
  const objects = await checkObjects(project, options);
  const results = await checkResults(project, options);
  const others = [
    ...checkRuns(state),
    ...(await checkLive(project)),
    ...(await checkPins(project)),
    ...(await checkLocks(project, options)),
  ];
  return {
    ...objects,
    results: countOf(state, 'result'),
    runs: countOf(state, 'run'),
    problems: [...databases, ...objects.problems, ...results, ...others],
  };
}

function checkDatabases({ state, objects }: Project): readonly StoreProblem[] {
  const [first] = Object.values(state.database.prepare('PRAGMA quick_check(1)').get() ?? {});
  const small = objects.check();
  return [
    ...(first === 'ok'
      ? []
      : [
          {
            kind: 'database',
            about: 'state.sqlite',
            found: String(first),
            hint: 'Run "tidegate doctor", which sets it aside and keeps what can be read of it',
          } as const,
        ]),
    ...(small === null ? [] : [{ kind: 'database', about: 'small.sqlite', found: small, hint: null } as const]),
  ];
}

async function checkObjects(
  project: Project,
  { repair = false, signal }: CheckOptions,
): Promise<Pick<StoreCheck, 'objects' | 'bytes' | 'problems'>> {
  const seen = new Map<Digest, number>();
  for (const { digest: one, bytes } of project.objects.entries()) seen.set(one, Math.max(bytes, seen.get(one) ?? 0));
  const problems: StoreProblem[] = [];
  for (const one of seen.keys()) {
    signal?.throwIfAborted();
    if ((await project.objects.verify(one)) !== 'damaged') continue;
    const isWhole = (repair && (await fetchAgain(project, one))) || (await project.objects.has(one));
    const hint = isWhole ? null : 'Run "tidegate run", which makes it again when something needs it';
    problems.push({ kind: 'object', about: one, found: 'its bytes had another digest; they were set aside', hint });
  }
  return { objects: seen.size, bytes: [...seen.values()].reduce((sum, bytes) => sum + bytes, 0), problems };
}

/** Whether the object is here again, taken from the remote. */
export async function fetchAgain({ store, remote, objects }: Pick<Project, 'store' | 'remote' | 'objects'>, one: Digest): Promise<boolean> {
  if (remote === null) return false;
  try {
    await store.pathOf(one); // a store that is backed by a remote fetches what somebody reads
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
  }
  return objects.has(one);
}

async function checkResults(project: Project, { repair = false, signal }: CheckOptions): Promise<readonly StoreProblem[]> {
  const { state } = project;
  const problems: StoreProblem[] = [];
  for (const row of state.prepare('SELECT key, project, step, record, taken_from FROM result ORDER BY project, step, key').all()) {
    signal?.throwIfAborted();
    const key = String(row['key']);
    const found = await whatResultLacks(project, { key, record: String(row['record']), isTaken: row['taken_from'] !== null });
    if (found === null) continue;
    const about = `${key} of ${String(row['step'])} in ${String(row['project'])}`;
    if (repair) state.commit(() => state.prepare('DELETE FROM result WHERE key = ?').run(key));
    const hint = repair ? null : 'Run "tidegate run", or "tidegate store fsck --repair"';
    problems.push({ kind: 'result', about, found: repair ? `${found}: taken out of the cache` : found, hint });
  }
  return problems;
}

interface ResultRow {
  readonly key: string;
  readonly record: string;
  readonly isTaken: boolean;
}

/** Null when nothing does. What the remote has counts as being there, as it does for a run. */
async function whatResultLacks({ store }: Project, { key, record, isTaken }: ResultRow): Promise<string | null> {
  const outputs = outputsIn(record);
  if (!isDigest(key) || outputs === null) return 'its record cannot be read';
  if (isTaken) return null; // what of it is not here is where it came from
  const [gone, ...more] = await missingObjects(store, outputs);
  if (gone !== undefined) return `it lacks the object ${gone}${more.length === 0 ? '' : ` and ${more.length} more`}`;
  return (await hasKeyRecord(store, key)) ? null : 'its key record is not there, or cannot be read';
}

async function hasKeyRecord(store: ObjectStore, key: Digest): Promise<boolean> {
  try {
    await readKeyRecord(store, key);
    return true;
  } catch (error) {
    if (error instanceof TidegateError) return false;
    throw error;
  }
}

function outputsIn(record: string): readonly Artifact[] | null {
  try {
    const { outputs } = JSON.parse(record) as { readonly outputs: { readonly [output: string]: Artifact } };
    const artifacts = Object.values(outputs);
    return artifacts.every((artifact) => isDigest(artifact.digest)) ? artifacts : null;
  } catch {
    return null;
  }
}

function checkRuns(state: State): readonly StoreProblem[] {
  return state
    .prepare(`SELECT id FROM run WHERE NOT json_valid(record) OR json_extract(record, '$.format') IS NOT 'tidegate.run/1'`)
    .all()
    .map((row) => ({
      kind: 'run',
      about: String(row['id']),
      found: 'its record cannot be read, or is of another version',
      hint: 'Install the newest Tidegate: npm install -g tidegate@latest',
    }));
}

/** What is live must be there whole: a rollback and a second machine need it. */
async function checkLive({ state, store }: Project): Promise<readonly StoreProblem[]> {
  const problems: StoreProblem[] = [];
  for (const { project } of rowsOf(state, 'SELECT DISTINCT project FROM deployment')) {
    const places = Map.groupBy(
      deploymentHistory(state, String(project)),
      ({ environment, service }) => `${service} in ${environment} of ${String(project)}`,
    );
    for (const [place, lines] of places) {
      const release = liveAfter(lines)?.release ?? null;
      const found = release === null ? null : await whatReleaseLacks(store, release);
      if (found !== null)
        problems.push({
          kind: 'deployment',
          about: place,
          found,
          hint: 'It goes on running; run "tidegate run" and deploy again before you rely on a rollback',
        });
    }
  }
  return problems;
}

async function whatReleaseLacks(store: ObjectStore, release: Digest): Promise<string | null> {
  try {
    const { files } = (await store.readJson(release)) as { readonly files?: unknown };
    if (typeof files !== 'string') return `the release ${release} has no files`;
    const gone = await missingObjects(store, [{ kind: 'tree', digest: digest(files), bytes: 0, files: 0 }]);
    return gone.length === 0 ? null : `the release ${release} lacks the object ${gone[0] ?? ''}`;
  } catch (error) {
    if (error instanceof TidegateError) return `the release ${release} cannot be read: ${error.diagnostics[0].message}`;
    throw error;
  }
}

async function checkPins({ state, store }: Project): Promise<readonly StoreProblem[]> {
  const problems: StoreProblem[] = [];
  for (const row of rowsOf(state, 'SELECT project, name, digests FROM pin ORDER BY project, name')) {
    const gone = await store.missing([...digestsIn(String(row['digests']))].map((one) => ({ digest: one, bytes: null })));
    if (gone.length === 0) continue;
    const [about, found] = [`${String(row['name'])} of ${String(row['project'])}`, `the object ${gone[0] ?? ''} is not there`];
    problems.push({
      kind: 'pin',
      about,
      found,
      hint: `Run "tidegate run" and pin it again, or "tidegate store unpin ${String(row['name'])}"`,
    });
  }
  return problems;
}

async function checkLocks(project: Project, { signal }: CheckOptions): Promise<readonly StoreProblem[]> {
  const hint = 'Name a remote that has it ("remote:" in tidegate.yaml), or run "tidegate run" with its files in place';
  return (await checkLockPins(project, signal)).map((lacking) => ({ kind: 'lock', ...lacking, hint }));
}

function rowsOf(state: State, sql: string): readonly { readonly [column: string]: unknown }[] {
  return state.database.prepare(sql).all();
}

function countOf(state: State, table: 'result' | 'run'): number {
  return Number(state.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows']);
}
