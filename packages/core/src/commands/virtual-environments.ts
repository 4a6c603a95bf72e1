import { join, resolve } from 'node:path';
import { canonicalJson, failure, hexOf, type JsonObject } from '@tidegate/formats';
import { digestOfBytes, type Platform, readFile } from '../platform/index.ts';
import { type Building, buildOnce } from './build-once.ts';
import { installPackages } from './install-packages.ts';
import { askInterpreter } from './interpreter.ts';
import { requireLock } from './python-lock.ts';

export interface PythonChoice {
  /** Absolute path of a hash-locked requirements file; null: the interpreter is used as it is. */
  readonly requirements: string | null;
  /** Name on PATH, or a path; a relative one is relative to the project. */
  readonly interpreter: string;
}

/** Virtual environments, one for each lock: built once, found again by digest, shared by every project of the machine. */
export interface VirtualEnvironments {
  /**
   * What decides results, found out without building anything: version, implementation and machine; without a lock also the digest
   * of what is installed. The lock itself is an input of the step.
   *
   * @throws TG-COMMANDS-NO-INTERPRETER
   */
  readonly identity: (choice: PythonChoice) => Promise<JsonObject>;
  /**
   * Path of a Python that has the locked packages; builds the environment when it is not there. Another process that builds the
   * same one is waited for. May be called again at any time, also after a crash.
   *
   * @throws TG-COMMANDS-NOT-LOCKED, TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED, TG-COMMANDS-NO-INTERPRETER
   */
  readonly ensure: (choice: PythonChoice, building: Building) => Promise<string>;
}

export interface VirtualEnvironmentsPlace {
  /** Folder of all virtual environments: `Home.virtualEnvironments`. */
  readonly folder: string;
  readonly platform: Platform;
  /** The project's folder: version managers choose the interpreter by it. Default: the root of the file system, which none is for. */
  readonly root?: string;
}

/** Processor and system: packages with compiled parts differ by them. */
const machine = `${process.platform}-${process.arch}`;

export function openVirtualEnvironments({ folder, platform, root = '/' }: VirtualEnvironmentsPlace): VirtualEnvironments {
  const ask = (name: string): ReturnType<typeof askInterpreter> =>
    askInterpreter(name.includes('/') ? resolve(root, name) : name, { platform, memory: folder, root });
  return {
    identity: async ({ requirements, interpreter }) => {
      const { version, implementation, distributions } = await ask(interpreter);
      return { python: version, implementation, machine, ...(requirements === null && { distributions }) };
    },
    ensure: async ({ requirements, interpreter }, building) => {
      const { executable, version, implementation } = await ask(interpreter);
      if (requirements === null) return executable;
      const lock = await readLock(requirements);
      const names = requireLock(requirements, lock);
      const digest = digestOfBytes(canonicalJson({ lock, version, implementation, executable, machine }));
      const proof = join('bin', 'python');
      const recipe = { ...building, executable, requirements, names, platform };
      const place = await buildOnce(join(folder, `${hexOf(digest).slice(0, 32)}.json`), {
        ...building,
        platform,
        proof,
        lock: digestOfBytes(lock),
        install: (attempt) => installPackages(attempt, recipe),
      });
      return join(place, proof);
    },
  };
}

async function readLock(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: Error) => {
    throw failure(
      'TG-COMMANDS-NOT-LOCKED',
      `Cannot read the requirements file "${path}": ${error.message}`,
      'Make it, or correct "python:" in tidegate.yaml',
      error,
    );
  });
}
