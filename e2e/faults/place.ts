import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Ended, spawnAndWait, tidegateProgram } from '../rig/play.ts';

/** Where faults are tried: a folder with a project, a home and a remote, which is put back to what it was before each of them. */
export interface Place {
  readonly folder: string;
  readonly project: string;
  readonly home: string;
  readonly remote: string;
  readonly variables: NodeJS.ProcessEnv;
  /** The command line, to be started with Node. */
  readonly program: string;
  readonly tidegate: (words: readonly string[]) => Promise<Ended>;
}

export interface PlaceOptions {
  /** Where the project is; default: in the folder. Several may share the home of one folder. */
  readonly project?: string;
  /** Default: that of the checkout. */
  readonly program?: string;
}

export function placeAt(folder: string, { project = join(folder, 'project'), program = tidegateProgram }: PlaceOptions = {}): Place {
  const home = join(folder, 'home');
  const variables = { ...process.env, TIDEGATE_HOME: home, FORCE_COLOR: '0' };
  return {
    folder,
    project,
    home,
    remote: join(folder, 'remote'),
    variables,
    program,
    tidegate: (words) => spawnAndWait(process.execPath, [program, ...words], { cwd: project, variables }),
  };
}

/** The project that faults are tried on, in a Git repository without a commit, and an empty home. */
export async function layOut(place: Place): Promise<void> {
  empty(place);
  mkdirSync(place.remote, { recursive: true });
  cpSync(resolve(import.meta.dirname, '../projects/faults'), place.project, { recursive: true });
  await spawnAndWait('git', ['init', '--quiet', '--template=', '--initial-branch', 'main'], {
    cwd: place.project,
    variables: place.variables,
  });
}

/** Keeps the place as it is now, beside it. */
export function keepAs(place: Place, name: string): void {
  cpSync(place.folder, `${place.folder}.${name}`, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
}

/** Puts the place back to what was kept under this name. */
export function putBack(place: Place, name: string): void {
  empty(place);
  cpSync(`${place.folder}.${name}`, place.folder, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
}

function empty(place: Place): void {
  // A process of a killed command may write for an instant longer.
  rmSync(place.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
