import { join } from 'node:path';
import { canonicalJson, failure, type JsonObject } from '@tidegate/formats';
import { tryLock } from '@tidegate/runtime';
import { capture, digestOfBytes, exists, mkdir, type Platform, readFile, rm, runCommand, writeFileAtomically } from '../platform/index.ts';
import { askInterpreter, findProgram } from './interpreter.ts';

export interface PythonChoice {
  /** Absolute path of a hash-locked requirements file; null: the interpreter is used as it is. */
  readonly requirements: string | null;
  readonly interpreter: string;
}

export interface Building {
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
}

/** Virtual environments, one for each lock: built once, found again by digest, shared by every project of the machine. */
export interface VirtualEnvironments {
  /** What decides results, found out without building anything. */
  readonly identity: (choice: PythonChoice) => Promise<JsonObject>;
  /**
   * Path of a Python that has the locked packages; builds the environment when it is not there. Another process that builds the
   * same one is waited for.
   *
   * @throws TG-COMMANDS-NOT-LOCKED, TG-COMMANDS-ENVIRONMENT-FAILED, TG-COMMANDS-NO-INTERPRETER
   */
  readonly ensure: (choice: PythonChoice, building: Building) => Promise<string>;
}

/** Written last: an environment without it was never finished. */
const complete = 'tidegate-complete.json';

export function virtualEnvironments({ folder, platform }: { readonly folder: string; readonly platform: Platform }): VirtualEnvironments {
  const ask = (name: string): ReturnType<typeof askInterpreter> => askInterpreter(name, { platform, memory: folder });
  return {
    identity: async ({ requirements, interpreter }) => {
      const { version, implementation, distributions } = await ask(interpreter);
      const machine = `${process.platform}-${process.arch}`;
      return requirements === null
        ? { python: version, implementation, machine, distributions }
        : { python: version, implementation, machine };
    },
    ensure: async (choice, building) => {
      const { executable, version } = await ask(choice.interpreter);
      if (choice.requirements === null) return executable;
      const lock = await readFile(choice.requirements, 'utf8');
      requireHashes(choice.requirements, lock);
      const digest = digestOfBytes(canonicalJson({ lock, version, machine: `${process.platform}-${process.arch}` }));
      const place = join(folder, digest.slice('sha256:'.length, 'sha256:'.length + 32));
      await buildOnce(place, { ...building, executable, requirements: choice.requirements, platform });
      return join(place, 'bin', 'python');
    },
  };
}

interface Recipe extends Building {
  readonly executable: string;
  readonly requirements: string;
  readonly platform: Platform;
}

async function buildOnce(place: string, recipe: Recipe): Promise<void> {
  for (let waited = 0; ; waited++) {
    if (await exists(join(place, complete))) return;
    recipe.signal.throwIfAborted();
    using lock = tryLock(`${place}.lock`);
    if (lock !== null) {
      if (await exists(join(place, complete))) return;
      return await build(place, recipe);
    }
    if (waited % 50 === 0) recipe.progress('waiting for another process that builds it');
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Environments cannot be moved, so it is built where it stays; the file written last says that it is whole. */
async function build(place: string, recipe: Recipe): Promise<void> {
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  const uv = await findProgram('uv', recipe.platform);
  const python = join(place, 'bin', 'python');
  recipe.progress('making it');
  if (uv !== null) {
    await install([uv, 'venv', '--quiet', '--allow-existing', '--python', recipe.executable, place], recipe);
    recipe.progress('installing the locked packages with uv');
    await install([uv, 'pip', 'install', '--python', python, '--require-hashes', '--requirement', recipe.requirements], recipe);
  } else {
    await install([recipe.executable, '-m', 'venv', place], recipe);
    recipe.progress('installing the locked packages with pip');
    await install(
      [
        python,
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        '--no-input',
        '--require-hashes',
        '--requirement',
        recipe.requirements,
      ],
      recipe,
    );
  }
  const { stdout } = await capture([python, '-m', 'pip', 'list', '--format', 'freeze'], { cwd: '/' });
  await writeFileAtomically(
    join(place, complete),
    canonicalJson({ format: 'tidegate.environment/1', packages: stdout.trim().split('\n') }),
  );
}

async function install(argv: readonly string[], { signal, progress, platform }: Recipe): Promise<void> {
  const lines: string[] = [];
  const result = await runCommand(argv, {
    cwd: '/',
    variables: installVariables(platform),
    signal,
    timeoutMs: null,
    onLine: (_, line) => {
      lines.push(line);
      const doing = /^(?:Collecting|Downloading|Building wheel|Installing collected|Prepared|Installed)\b.*/.exec(line.trim())?.[0];
      if (doing !== undefined) progress(doing.slice(0, 70));
    },
  });
  signal.throwIfAborted();
  if (result.code !== 0)
    throw failure(
      'TG-COMMANDS-ENVIRONMENT-FAILED',
      `Cannot build the virtual environment: "${argv.slice(0, 4).join(' ')} …" ended with ${result.code ?? result.signal}\n${lines.slice(-12).join('\n')}`,
      'Correct the requirements file; a package that is missing from the lock is added by: uv pip compile --generate-hashes requirements.in -o requirements.txt',
    );
}

/** An installer needs the user's own settings (index, certificates, proxy): only installing sees them, never a step. */
function installVariables(platform: Platform): { readonly [name: string]: string } {
  const kept = Object.entries(platform.variables).filter(([name]) => !/^(PYTHON|VIRTUAL_ENV|TIDEGATE_)/.test(name));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** @throws TG-COMMANDS-NOT-LOCKED when a requirement has no hash: then the same file may install something else tomorrow */
function requireHashes(path: string, lock: string): void {
  const requirements = lock
    .replaceAll(/\\\r?\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('-'));
  const loose = requirements.find((line) => !line.includes('--hash='));
  if (loose !== undefined)
    throw failure(
      'TG-COMMANDS-NOT-LOCKED',
      `Cannot build the virtual environment: "${loose.slice(0, 60)}" in "${path}" has no hash`,
      'Lock it: uv pip compile --generate-hashes requirements.in -o requirements.txt (or: pip-compile --generate-hashes)',
    );
}
