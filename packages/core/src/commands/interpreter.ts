import { dirname, join } from 'node:path';
import { canonicalJson, type Digest, digest, failure, shape } from '@tidegate/formats';
import { capture, digestOfBytes, type Platform } from '../platform/index.ts';
import { findProgram } from './find-program.ts';
import { rememberedAnswer } from './remembered-answer.ts';

/** What a Python interpreter says of itself; decides results, so it is part of keys. */
export interface Interpreter {
  /** Absolute path of the executable, also when the name on PATH is only a wrapper around it. */
  readonly executable: string;
  readonly version: string;
  readonly implementation: string;
  /** Digest over the names and versions of every installed distribution, sorted. */
  readonly distributions: Digest;
}

export interface AskOptions {
  readonly platform: Platform;
  /** Folder where answers are remembered. */
  readonly memory: string;
  /** Folder it is asked in: version managers choose by it. */
  readonly root: string;
}

/**
 * Asks an interpreter what it is. The answer is remembered until the executable, what is installed, or what a version manager
 * chooses by has changed, so asking again costs a few calls of stat.
 *
 * @throws TG-COMMANDS-NO-INTERPRETER when there is no such program or it is no Python 3
 */
export async function askInterpreter(name: string, options: AskOptions): Promise<Interpreter> {
  const program = await findProgram(name, options.platform);
  if (program === null)
    throw failure(
      'TG-COMMANDS-NO-INTERPRETER',
      `Cannot find the Python interpreter "${name}": ${name.includes('/') ? 'there is no such file' : 'it is not on PATH'}`,
      'Install Python 3, or name one in tidegate.yaml: python: { interpreter: /usr/bin/python3 }',
    );
  const { variables, files } = choiceOf(program, options);
  const said = await rememberedAnswer({
    memory: join(options.memory, `interpreter-${digestOfBytes(canonicalJson([program, variables])).slice(7, 23)}.json`),
    shape: remembered,
    ask: async () => {
      const { folders, ...value } = await ask(program, options);
      return { value, files: [program, value.executable, ...folders, ...files] };
    },
  });
  return { ...said, distributions: digest(said.distributions) };
}

const question = `
import importlib.metadata, json, platform, site, sys, sysconfig
folders = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()})
heads = [d.metadata for d in importlib.metadata.distributions()]
names = sorted({f"{head['Name']}=={head['Version']}" for head in heads if head})
print(json.dumps({"executable": sys.executable, "version": platform.python_version(), "implementation": platform.python_implementation(), "folders": folders, "names": names}))
`;

const texts = shape.required(shape.list(shape.text()));
const said = shape.object({
  executable: shape.required(shape.text({ pattern: /^\// })),
  version: shape.required(shape.text({ pattern: /^3\./ })),
  implementation: shape.required(shape.text()),
  folders: texts,
  names: texts,
});

async function ask(program: string, { root, platform }: AskOptions): Promise<Interpreter & { readonly folders: readonly string[] }> {
  const { code, stdout, stderr } = await capture([program, '-I', '-c', question], { cwd: root, variables: platform.variables });
  const answer = code === 0 ? shape.parse(said, parseJson(stdout)) : null;
  if (answer?.ok) {
    const { executable, version, implementation, folders, names } = answer.value;
    return { executable, version, implementation, folders, distributions: digestOfBytes(canonicalJson(names)) };
  }
  throw failure(
    'TG-COMMANDS-NO-INTERPRETER',
    `Cannot use "${program}" as the Python interpreter: ${(stderr || stdout).trim().split('\n').at(-1) || 'it is no Python 3'}`,
    'Name a working Python 3 in tidegate.yaml: python: { interpreter: /usr/bin/python3 }',
  );
}

/**
 * What else decides which interpreter a name means. A program in a folder `shims` is a wrapper of pyenv or asdf, which choose by
 * variables and by files in the folder and above it. For any other program its own stat says it all.
 */
function choiceOf(
  program: string,
  { root, platform }: AskOptions,
): { readonly variables: readonly string[]; readonly files: readonly string[] } {
  const shims = dirname(program);
  if (!shims.endsWith('/shims')) return { variables: [], files: [] };
  const home = platform.variables['HOME'] ?? '/';
  return {
    variables: [root, ...['PYENV_VERSION', 'ASDF_PYTHON_VERSION'].map((name) => platform.variables[name] ?? '')],
    files: [
      join(dirname(shims), 'version'),
      ...[...foldersAbove(root), home].flatMap((folder) => [join(folder, '.python-version'), join(folder, '.tool-versions')]),
    ],
  };
}

function foldersAbove(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}

const text = shape.required(shape.text());
const remembered = shape.object({ executable: text, version: text, implementation: text, distributions: text });

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null; // it printed something else
  }
}
