import { delimiter, join } from 'node:path';
import { canonicalJson, type Digest, failure } from '@tidegate/formats';
import { capture, digestOfBytes, exists, type Platform, readTextIfThere, realpath, stat, writeFileAtomically } from '../platform/index.ts';

/** What a Python interpreter says of itself; decides results, so it is part of keys. */
export interface Interpreter {
  /** Absolute path of the real executable. */
  readonly executable: string;
  readonly version: string;
  readonly implementation: string;
  /** Digest over the names and versions of every installed distribution, sorted. */
  readonly distributions: Digest;
}

interface Remembered extends Interpreter {
  /** Stat of the executable and of each folder packages are installed in: while they stay, so does the answer. */
  readonly stamps: { readonly [path: string]: string };
}

const question = `
import importlib.metadata, json, platform, site, sys, sysconfig
folders = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")} | set(site.getsitepackages()))
names = sorted({f"{d.metadata['Name']}=={d.version}" for d in importlib.metadata.distributions() if d.metadata})
print(json.dumps({"executable": sys.executable, "version": platform.python_version(), "implementation": platform.python_implementation(), "folders": folders, "names": names}))
`;

/**
 * Asks an interpreter what it is. The answer is remembered in the folder of virtual environments until the executable or what is
 * installed changes, so asking again costs a few calls of stat.
 *
 * @throws TG-COMMANDS-NO-INTERPRETER when there is no such program or it is no Python 3
 */
export async function askInterpreter(
  name: string,
  options: { readonly platform: Platform; readonly memory: string },
): Promise<Interpreter> {
  const program = await findProgram(name, options.platform);
  if (program === null)
    throw failure(
      'TG-COMMANDS-NO-INTERPRETER',
      `Cannot find the Python interpreter "${name}": it is not on PATH`,
      'Install Python 3, or name one in tidegate.yaml: python: { interpreter: /usr/bin/python3 }',
    );
  const file = join(options.memory, `interpreter-${digestOfBytes(program).slice(7, 23)}.json`);
  const remembered = parseRemembered(await readTextIfThere(file));
  if (remembered !== null && canonicalJson(await stampsOf(Object.keys(remembered.stamps))) === canonicalJson(remembered.stamps))
    return remembered;
  const { code, stdout, stderr } = await capture([program, '-I', '-c', question], { cwd: '/' });
  if (code !== 0)
    throw failure(
      'TG-COMMANDS-NO-INTERPRETER',
      `Cannot use "${program}" as the Python interpreter: ${(stderr || stdout).trim().split('\n').at(-1) ?? 'it said nothing'}`,
      'Name a working Python 3 in tidegate.yaml: python: { interpreter: /usr/bin/python3 }',
    );
  const said = JSON.parse(stdout) as { executable: string; version: string; implementation: string; folders: string[]; names: string[] };
  const { executable, version, implementation } = said;
  const interpreter: Remembered = {
    executable,
    version,
    implementation,
    distributions: digestOfBytes(canonicalJson(said.names)),
    stamps: await stampsOf([program, ...said.folders]),
  };
  await writeFileAtomically(file, canonicalJson(interpreter));
  return interpreter;
}

/** The file that a name means on PATH; a path is taken as it is. Null when there is none. */
export async function findProgram(name: string, platform: Platform): Promise<string | null> {
  if (name.includes('/')) return (await exists(name)) ? name : null;
  for (const folder of (platform.variables['PATH'] ?? '').split(delimiter))
    if (folder !== '' && (await exists(join(folder, name)))) return join(folder, name);
  return null;
}

function parseRemembered(text: string | null): Remembered | null {
  try {
    return text === null ? null : (JSON.parse(text) as Remembered);
  } catch {
    return null; // half a file or somebody else's: ask again
  }
}

async function stampsOf(paths: readonly string[]): Promise<{ readonly [path: string]: string }> {
  const entries = await Promise.all(
    paths.map(async (path) => {
      const real = await realpath(path).catch(() => path);
      const found = await stat(real).catch(() => null);
      return [path, found === null ? 'none' : `${real} ${found.size} ${found.mtimeMs} ${found.ino}`] as const;
    }),
  );
  return Object.fromEntries(entries);
}
