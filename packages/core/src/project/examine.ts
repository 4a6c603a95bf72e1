import { join } from 'node:path';
import { TidegateError } from '@tidegate/formats';
import { capture, exists, freeBytes, mkdir, type Platform, rm, systemPlatform, writeFileAtomically } from '../platform/index.ts';
import { sandboxSupport } from '../commands/index.ts';
import { findHome, type Healed, openState } from '../store/index.ts';
import type { Project } from './project.ts';

/** One thing that was looked at, and what to do about it. */
export interface Finding {
  readonly about: string;
  readonly state: 'ok' | 'warning' | 'error';
  readonly found: string;
  readonly fix: string | null;
}

export interface ExamineOptions {
  /** Null outside a project: then only the machine is looked at. */
  readonly project: Project | null;
  readonly serving: { readonly argv: readonly string[] };
  readonly platform?: Platform;
}

const roomNeeded = 2e9;

/** Looks at the machine and the project for what would go wrong in a run. Changes nothing but a file it writes and removes in the home. */
export async function examine({ project, serving, platform = systemPlatform }: ExamineOptions): Promise<readonly Finding[]> {
  const home = findHome(platform);
  return [
    nodeFinding(),
    await programFinding('Git', ['git', '--version'], 'Install it; on Debian: apt-get install git'),
    await programFinding(
      'Python',
      [project?.config.python.interpreter ?? 'python3', '--version'],
      'Install Python 3; on Debian: apt-get install python3 python3-venv',
    ),
    await sandboxFinding(platform),
    await homeFinding(home.root),
    await roomFinding(home.root),
    stateFinding(home.state),
    await serverFinding(serving.argv),
    ...(project === null ? [] : [await gitFinding(project), await virtualEnvironmentFinding(project), ...(await remoteFindings(project))]),
  ];
}

/** A remote that cannot be used would be told at the first step that looks for a result there. */
async function remoteFindings({ remote }: Project): Promise<readonly Finding[]> {
  if (remote === null) return [];
  const about = 'Remote';
  try {
    await remote.check();
    return [ok(about, remote.address)];
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    const [{ message, hint }] = error.diagnostics;
    return [{ about, state: 'error', found: message, fix: hint }];
  }
}

function nodeFinding(): Finding {
  const version = process.versions.node;
  const [major = 0] = version.split('.').map(Number);
  return major >= 24
    ? ok('Node', version)
    : { about: 'Node', state: 'error', found: `${version} is too old: 24 is needed`, fix: 'npm install -g tidegate, which brings its own' };
}

async function programFinding(about: string, argv: readonly string[], fix: string): Promise<Finding> {
  const { code, stdout, stderr } = await capture(argv, { cwd: '/' });
  return code === 0 ? ok(about, (stdout || stderr).trim()) : { about, state: 'error', found: `"${argv.join(' ')}" does not work`, fix };
}

async function sandboxFinding(platform: Platform): Promise<Finding> {
  const about = 'Sandbox';
  const support = await sandboxSupport(platform);
  if (support.kind === 'works') return ok(about, 'commands of steps see their inputs and nothing else of this machine');
  if (support.kind === 'off') return ok(about, 'switched off by TIDEGATE_SANDBOX');
  const found = `commands of steps can read your files and use the network: ${support.why}`;
  return {
    about,
    state: 'warning',
    found,
    fix: 'Install bubblewrap and allow user namespaces, or say that none is wanted: sandbox: false',
  };
}

async function homeFinding(root: string): Promise<Finding> {
  const probe = join(root, `.doctor-${process.pid}`);
  try {
    await mkdir(root, { recursive: true });
    await writeFileAtomically(probe, '');
    return ok('Home', root);
  } catch (error) {
    return {
      about: 'Home',
      state: 'error',
      found: `cannot write to "${root}": ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Set TIDEGATE_HOME to a folder of yours',
    };
  } finally {
    await rm(probe, { force: true });
  }
}

async function roomFinding(root: string): Promise<Finding> {
  const free = await freeBytes(root);
  const found = `${(free / 1e9).toFixed(1)} GB free`;
  return free >= roomNeeded
    ? ok('Disk', found)
    : {
        about: 'Disk',
        state: 'warning',
        found: `only ${found} where the store is`,
        fix: 'Free some room, or set TIDEGATE_HOME to a larger disk',
      };
}

function stateFinding(path: string): Finding {
  try {
    const healed: Healed[] = [];
    using state = openState(path, { thorough: true, onHealed: (found) => healed.push(found) });
    for (const { aside, kept } of healed)
      return {
        about: 'State',
        state: 'warning',
        found: `it was damaged, and is now "${aside ?? path}"; ${kept} lines of its histories are kept`,
        fix: 'Run "tidegate run": what steps had made is made again',
      };
    const runs = Number(state.database.prepare('SELECT count(*) AS runs FROM run').get()?.['runs'] ?? 0);
    return ok('State', `${runs} runs recorded`);
  } catch (error) {
    const first = error instanceof TidegateError ? error.diagnostics[0] : null;
    return { about: 'State', state: 'error', found: first?.message ?? String(error), fix: first?.hint ?? null };
  }
}

async function serverFinding(argv: readonly string[]): Promise<Finding> {
  const [program = '', main = ''] = argv;
  return (await exists(program)) && (await exists(main))
    ? ok('Model server', 'installed')
    : { about: 'Model server', state: 'error', found: `"${main}" is not there`, fix: 'Install Tidegate again: npm install -g tidegate' };
}

async function gitFinding({ root }: Project): Promise<Finding> {
  const { code, stdout } = await capture(['git', 'rev-parse', 'HEAD'], { cwd: root });
  return code === 0
    ? ok('Repository', `at ${stdout.trim().slice(0, 12)}`)
    : {
        about: 'Repository',
        state: 'warning',
        found: 'the project is in no Git repository with a commit',
        fix: 'git init && git add . && git commit -m Start',
      };
}

async function virtualEnvironmentFinding({ root, config }: Project): Promise<Finding> {
  const { requirements } = config.python;
  if (requirements === null)
    return {
      about: 'Packages',
      state: 'warning',
      found: 'no locked requirements: the Python on PATH is used as it is',
      fix: 'Name a hash-locked file: python: { requirements: requirements.txt }',
    };
  return (await exists(join(root, requirements)))
    ? ok('Packages', `locked by ${requirements}`)
    : {
        about: 'Packages',
        state: 'error',
        found: `"${requirements}" is not there`,
        fix: 'uv pip compile --generate-hashes requirements.in -o requirements.txt',
      };
}

function ok(about: string, found: string): Finding {
  return { about, state: 'ok', found, fix: null };
}
