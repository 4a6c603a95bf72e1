import { dirname, join } from 'node:path';
import { shape } from '@tidegate/formats';
import type { Platform } from '../platform/index.ts';
import type { Building } from './build-once.ts';
import { findProgram } from './find-program.ts';
import { runInstallation } from './install-command.ts';
import { lockCommand, packageName } from './python-lock.ts';

/** What a virtual environment is built from. */
export interface Recipe extends Building {
  /** Absolute path of the interpreter it is made with. */
  readonly executable: string;
  /** Absolute path of the locked requirements file. */
  readonly requirements: string;
  /** Names of the packages in the lock, normalised. */
  readonly names: readonly string[];
  readonly platform: Platform;
}

/**
 * Makes a virtual environment in the folder and installs exactly what the lock names, by `uv` where it is on PATH, else by pip.
 * Both check every hash, refuse what the lock lacks, and leave the locked packages and nothing else.
 *
 * @returns the installed distributions, `name==version`, sorted
 * @throws TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED with the installer's last lines
 */
export async function installPackages(place: string, recipe: Recipe): Promise<readonly string[]> {
  const uv = await findProgram('uv', recipe.platform);
  const python = join(place, 'bin', 'python');
  recipe.progress('making it');
  if (uv !== null) {
    await install([uv, 'venv', '--quiet', '--no-config', '--allow-existing', '--python', recipe.executable, place], recipe);
    recipe.progress('installing the locked packages with uv');
    await install(
      [uv, 'pip', 'install', '--no-config', '--python', python, '--require-hashes', '--requirement', recipe.requirements],
      recipe,
    );
  } else {
    await install([recipe.executable, '-m', 'venv', place], recipe);
    const tools = await distributionsOf(python, recipe);
    recipe.progress('installing the locked packages with pip');
    const pip = [python, '-m', 'pip', '--disable-pip-version-check', '--no-input'];
    await install([...pip, 'install', '--require-hashes', '--requirement', recipe.requirements], recipe);
    // uv does not bring pip and setuptools: a step must not find here what it would miss elsewhere
    const unasked = tools.map((tool) => packageName(tool.split('==')[0] ?? '')).filter((name) => !recipe.names.includes(name));
    if (unasked.length > 0) await install([...pip, 'uninstall', '--yes', '--quiet', ...unasked], recipe);
  }
  return distributionsOf(python, recipe);
}

const question = `
import importlib.metadata, json
print(json.dumps(sorted({f"{d.metadata['Name']}=={d.version}" for d in importlib.metadata.distributions() if d.metadata})))
`;

async function distributionsOf(python: string, recipe: Recipe): Promise<readonly string[]> {
  const printed = await install([python, '-I', '-c', question], recipe);
  const parsed = shape.parse(shape.list(shape.text()), JSON.parse(printed.at(-1) ?? 'null'));
  if (!parsed.ok) throw new Error(`Cannot read the distributions of "${python}": it printed something else; please report this`);
  return parsed.value;
}

const stages = /^(Collecting|Downloading|Building wheel|Installing collected|Prepared|Installed)\b/;

function install(argv: readonly string[], recipe: Recipe): Promise<readonly string[]> {
  return runInstallation(argv, { ...recipe, cwd: dirname(recipe.requirements), what: 'virtual environment', stages, hint: hintFor });
}

function hintFor(lines: readonly string[]): string {
  const text = lines.join('\n');
  if (/THESE PACKAGES DO NOT MATCH THE HASHES|Hash mismatch/.test(text))
    return 'A file of the registry is not the one that was locked: lock anew, and look into it when nobody changed the version';
  if (/ConnectionError|NewConnectionError|Temporary failure in name resolution|error sending request|Network is unreachable/.test(text))
    return 'No package registry can be reached: go online once, or point PIP_INDEX_URL or UV_INDEX_URL to one that can be';
  return `Correct the requirements file, for instance by locking it anew: ${lockCommand}`;
}
