import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Ended } from '../rig/play.ts';
import type { Place } from './place.ts';

/** What a command comes to when nothing disturbs it. */
export interface Reference {
  readonly code: number;
  readonly files: ReadonlyMap<string, string>;
}

/** The keys of what had been finished, and how often each step had run, at some moment. */
export interface Progress {
  readonly recorded: ReadonlySet<string>;
  readonly timesRun: ReadonlyMap<string, number>;
}

export function referenceOf(place: Place, { code }: Pick<Ended, 'code'>): Reference {
  return { code, files: contentOf(place) };
}

/** Reads a copy of the state, because opening the state itself would already mend what the next command has to. */
export function progressOf(place: Place): Progress {
  const timesRun = new Map<string, number>();
  for (const log of filesIn(join(place.home, 'logs')))
    for (const [, step = ''] of readFileSync(log, 'utf8').matchAll(/ran (steps\.\w+)/g)) timesRun.set(step, (timesRun.get(step) ?? 0) + 1);
  return { recorded: new Set(recordedKeys(place)), timesRun };
}

/** What is wrong when the command has been repeated after a fault; nothing when all is well. */
export function problemsAfter(
  place: Place,
  reference: Reference,
  more: { readonly rerun: Ended; readonly before: Progress },
): readonly string[] {
  const { rerun, before } = more;
  const now = progressOf(place);
  return [
    ...(rerun.code === reference.code ? [] : [`the rerun ended with ${rerun.code}: ${lastWords(rerun)}`]),
    ...differencesOf(reference.files, contentOf(place)),
    ...finishedSteps(rerun, before)
      .filter(({ step, status }) => status !== 'hit' || (now.timesRun.get(step) ?? 0) > (before.timesRun.get(step) ?? 0))
      .map(({ step }) => `${step} was finished and ran again`),
    ...filesIn(place.project)
      .filter((path) => basename(path).startsWith('.tmp-'))
      .map((path) => `left in the project: ${relative(place.project, path)}`),
    ...filesIn(join(place.home, 'objects/incoming')).map((path) => `left in the home: ${relative(place.home, path)}`),
    ...damagedObjects(join(place.home, 'objects')),
    ...damagedSmallObjects(join(place.home, 'objects/small.sqlite')),
    ...stateProblems(place),
    ...processesOf(place).map((process) => `still running: ${process}`),
  ];
}

/** Whether a command that met an error of the disk said what happened, in a way that is of use to its user. */
export function problemsOfFailure(end: Ended): readonly string[] {
  const said = `${end.stdout}\n${end.stderr}`.replaceAll('\\n', '\n');
  return [
    ...(end.code === 0 || /\bTG-[A-Z]+-[A-Z-]+/.test(said) ? [] : ['it ended without a code of an error']),
    ...(/please report|TG-CLI-BUG/i.test(said) ? ['it asks the user to report it'] : []),
    ...(/^ {4}at .+:\d+:\d+\)?$/m.test(said) ? ['it prints a stack trace'] : []),
  ].map((problem) => `${problem}: ${lastWords(end)}`);
}

/** Steps of a run, printed as JSON, whose result had been recorded before it. */
function finishedSteps({ stdout }: Ended, { recorded }: Progress): readonly { readonly step: string; readonly status: string }[] {
  if (!stdout.startsWith('{')) return [];
  const { run } = JSON.parse(stdout) as {
    readonly run?: { readonly steps: readonly { step: string; status: string; key: string | null }[] };
  };
  return (run?.steps ?? []).filter(({ key }) => key !== null && recorded.has(key));
}

function lastWords({ stdout, stderr }: Ended): string {
  return `${stderr.trim()}\n${stdout.startsWith('{') ? '' : stdout.trim()}`.trim().slice(-1500);
}

/**
 * Digests of what users see: the project without Git's files and reports, the remote without what its garbage collection takes (parts of uploads that
 * were interrupted), and the workspaces that failed steps leave.
 */
function contentOf({ folder, project, home, remote }: Place): Reference['files'] {
  const files = [project, remote, join(home, 'workspaces')].flatMap(filesIn);
  const seen = files.filter((path) => !/\/project\/(\.git|build)\/|\/\.(tmp|part)-|\/remote\/.*\.lock$/.test(path));
  return new Map(seen.map((path) => [relative(folder, path).replace(/r-\d{8}-\d{6}-[0-9a-f]+/, 'RUN'), digestOf(path)]));
}

function differencesOf(wanted: Reference['files'], found: Reference['files']): readonly string[] {
  return [...new Set([...wanted.keys(), ...found.keys()])].flatMap((path) => {
    const [right, is] = [wanted.get(path), found.get(path)];
    if (right === is) return [];
    return [right === undefined ? `should not be there: ${path}` : is === undefined ? `not there: ${path}` : `other bytes: ${path}`];
  });
}

function damagedObjects(objects: string): readonly string[] {
  return filesIn(objects).flatMap((path) => {
    const name = relative(objects, path);
    if (name.startsWith('incoming/') || !/^[0-9a-f]{2}\/[0-9a-f]{62}$/.test(name))
      return name.includes('corrupt') ? [`set aside: ${name}`] : [];
    return digestOf(path) === name.replace('/', '') ? [] : [`damaged object: ${name}`];
  });
}

function recordedKeys(place: Place): readonly string[] {
  return ofState(place, (database) =>
    database
      .prepare('SELECT key FROM result')
      .all()
      .map((row) => String(row['key'])),
  );
}

function stateProblems(place: Place): readonly string[] {
  return ofState(place, (database) => {
    const rows = (sql: string): readonly string[] =>
      database
        .prepare(sql)
        .all()
        .map((row) => JSON.stringify(row));
    return [
      ...rows('PRAGMA integrity_check')
        .filter((row) => !row.includes('"ok"'))
        .map((row) => `state: ${row}`),
      ...rows("SELECT id FROM run WHERE status = 'running'").map((row) => `a run is still going: ${row}`),
      ...['flight', 'process', 'run_step'].flatMap((table) => rows(`SELECT * FROM ${table}`).map((row) => `left in ${table}: ${row}`)),
    ];
  });
}

/** A state that is not there yet, or has no tables yet, has nothing. */
function ofState(place: Place, read: (database: DatabaseSync) => readonly string[]): readonly string[] {
  return ofDatabase({ path: join(place.home, 'state.sqlite'), table: 'result' }, read);
}

function damagedSmallObjects(path: string): readonly string[] {
  return ofDatabase({ path, table: 'object' }, (database) =>
    database
      .prepare('SELECT digest, bytes FROM object')
      .all()
      .flatMap(({ digest, bytes }) => {
        const [wanted, found] = [
          Buffer.from(digest as Uint8Array),
          createHash('sha256')
            .update(bytes as Uint8Array)
            .digest(),
        ];
        return wanted.equals(found) ? [] : [`damaged small object: ${wanted.toString('hex')}`];
      }),
  );
}

function ofDatabase(
  { path, table }: { readonly path: string; readonly table: string },
  read: (database: DatabaseSync) => readonly string[],
): readonly string[] {
  if (!existsSync(path)) return [];
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-copy-'));
  try {
    for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, join(folder, `copy${suffix}`));
    using database = new DatabaseSync(join(folder, 'copy'));
    return database.prepare('SELECT name FROM sqlite_master WHERE name = ?').get(table) === undefined ? [] : read(database);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Processes that work below the place, or have its home in their environment. */
export function processesOf({ folder, home }: Place): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const isOurs =
        `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`) ||
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TIDEGATE_HOME=${home}\0`);
      return isOurs ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`] : [];
    } catch {
      return []; // it ended meanwhile
    }
  });
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function digestOf(path: string): string {
  return createHash('sha256').update(withoutMoment(path)).digest('hex');
}

/** What a working copy needs of a remote is noted there with the moment, which is another one in every run. */
function withoutMoment(path: string): string | Uint8Array {
  return path.includes('/records/needs/') ? readFileSync(path, 'utf8').replace(/"at":"[^"]*"/, '') : readFileSync(path);
}
