import { dirname, join } from 'node:path';
import { canonicalJson, failure, hexOf, type JsonObject, shape } from '@tidegate/formats';
import { capture, digestOfBytes, digestOfFile, mkdir, type Platform, readTextIfThere, rename, rm, stat } from '../platform/index.ts';
import { type Building, buildOnce } from './build-once.ts';
import { findProgram } from './find-program.ts';
import { runInstallation } from './install-command.ts';
import { type LockedRPackage, parseRLock } from './r-lock.ts';
import { rememberedAnswer } from './remembered-answer.ts';

export interface RChoice {
  /** Absolute path of a `renv.lock`; null: the libraries of the machine are used as they are. */
  readonly lock: string | null;
  /** `Rscript`: a name on PATH, or a path. */
  readonly interpreter: string;
}

/** R and its packages, one library for each lock: built once, found again by digest. */
export interface RLibraries {
  /** Version, machine, and without a lock the digest of what is installed. @throws TG-COMMANDS-NO-INTERPRETER */
  readonly identity: (choice: RChoice) => Promise<JsonObject>;
  /**
   * Folder with the locked packages, null without a lock, the folder of the interpreter, and the locked packages whose bytes the lock does not say.
   * Builds the library when it is not there.
   *
   * @throws TG-COMMANDS-NOT-LOCKED, TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED, TG-COMMANDS-NO-INTERPRETER
   */
  readonly ensure: (choice: RChoice, building: Building) => Promise<RLibrary>;
}

export interface RLibrary {
  readonly library: string | null;
  readonly programs: string;
  readonly unchecked: readonly string[];
}

export interface RLibrariesPlace {
  /** Folder of all libraries, the same as that of virtual environments. */
  readonly folder: string;
  readonly platform: Platform;
}

const machine = `${process.platform}-${process.arch}`;

export function openRLibraries({ folder, platform }: RLibrariesPlace): RLibraries {
  const ask = (name: string): Promise<RInterpreter> => askR(name, { platform, memory: folder });
  return {
    identity: async ({ lock, interpreter }) => {
      const { version, packages } = await ask(interpreter);
      return { r: version, machine, ...(lock === null && { rPackages: packages }) };
    },
    ensure: async ({ lock, interpreter }, building) => {
      const { executable, version } = await ask(interpreter);
      const programs = dirname(executable);
      if (lock === null) return { library: null, programs, unchecked: [] };
      const text = (await readTextIfThere(lock)) ?? '';
      const packages = parseRLock(lock, text);
      const digest = digestOfBytes(canonicalJson({ lock: text, r: version, executable, machine }));
      const install = (place: string): Promise<readonly string[]> =>
        installRPackages(join(place, 'library'), { ...building, platform, executable, lock, packages });
      const record = join(folder, `${hexOf(digest).slice(0, 32)}.json`);
      const place = await buildOnce(record, { ...building, platform, proof: 'library', lock: digestOfBytes(text), install });
      const unchecked = packages.filter(({ sha256 }) => sha256 === null).map(({ name }) => name);
      return { library: join(place, 'library'), programs, unchecked };
    },
  };
}

interface RInterpreter {
  readonly executable: string;
  readonly version: string;
  /** Digest over names and versions of what is installed. */
  readonly packages: string;
}

const text = shape.required(shape.text());
const interpreterShape = shape.object({ executable: text, version: text, packages: text });

const question = `
p <- installed.packages()[, c("Package", "Version"), drop = FALSE]
cat(paste0("R ", getRversion()), .libPaths(), "", sort(paste(p[, 1], p[, 2])), sep = "\\n")
`;

async function askR(name: string, { platform, memory }: { readonly platform: Platform; readonly memory: string }): Promise<RInterpreter> {
  const executable = await findProgram(name, platform);
  if (executable === null) throw noR(name, 'it is not on PATH');
  return rememberedAnswer({
    memory: join(memory, `interpreter-${digestOfBytes(canonicalJson(['R', executable])).slice(7, 23)}.json`),
    shape: interpreterShape,
    ask: async () => {
      const { code, stdout, stderr } = await capture([executable, '--vanilla', '-e', question], {
        cwd: '/',
        variables: platform.variables,
      });
      const lines = stdout.trimEnd().split('\n');
      const version = /^R (\S+)$/.exec(lines[0] ?? '')?.[1];
      if (code !== 0 || version === undefined) throw noR(name, (stderr || stdout).trim().split('\n').at(-1) || 'it is no R');
      const end = lines.indexOf('');
      return {
        value: { executable, version, packages: digestOfBytes(canonicalJson(lines.slice(end + 1))) },
        files: [executable, ...lines.slice(1, end)],
      };
    },
  });
}

function noR(name: string, found: string): Error {
  return failure(
    'TG-COMMANDS-NO-INTERPRETER',
    `Cannot use "${name}" as R: ${found}`,
    'Install R, or name its Rscript in tidegate.yaml: r: { interpreter: /usr/bin/Rscript }',
  );
}

interface RRecipe extends Building {
  readonly platform: Platform;
  readonly executable: string;
  readonly lock: string;
  readonly packages: readonly LockedRPackage[];
}

/**
 * Installs exactly what the lock names into the folder: each archive is downloaded and, where the lock says so, checked; then R installs
 * them from a repository of just these, in the order of their needs.
 */
async function installRPackages(library: string, recipe: RRecipe): Promise<readonly string[]> {
  const archives = join(dirname(library), 'src', 'contrib');
  for (const folder of [library, archives]) await mkdir(folder, { recursive: true });
  for (const one of recipe.packages) await download(one, archives, recipe);
  recipe.progress(`installing ${recipe.packages.length} R packages`);
  await run(installScript, [library, dirname(dirname(archives)), ...recipe.packages.map(({ name }) => name)], recipe);
  await rm(join(dirname(library), 'src'), { recursive: true });
  return recipe.packages.map(({ name, version }) => `${name}==${version}`);
}

async function download({ name, version, addresses, sha256 }: LockedRPackage, folder: string, recipe: RRecipe): Promise<void> {
  recipe.progress(`downloading ${name} ${version}`);
  const file = join(folder, `${name}_${version}.tar.gz`);
  await run(downloadScript, [`${file}.part`, ...addresses], recipe);
  if ((await stat(`${file}.part`).catch(() => null)) === null) throw notThere(`${name} ${version}`, addresses);
  const found = hexOf(await digestOfFile(`${file}.part`));
  if (sha256 !== null && found !== sha256)
    throw failure(
      'TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED',
      `Cannot install "${name}" ${version}: the archive has the SHA-256 ${found}, the lock says ${sha256}`,
      'A file of the repository is not the one that was locked: look into it before you lock anew',
    );
  await rename(`${file}.part`, file);
}

function notThere(name: string, addresses: readonly string[]): Error {
  return failure(
    'TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED',
    `Cannot download "${name}": it is neither at ${addresses.join(' nor at ')}`,
    'Correct the repository in renv.lock, or go online once',
  );
}

const downloadScript = `
args <- commandArgs(TRUE)
for (url in args[-1]) {
  done <- tryCatch(download.file(url, args[1], quiet = TRUE, mode = "wb") == 0, error = function(e) { message(conditionMessage(e)); FALSE }, warning = function(w) { message(conditionMessage(w)); FALSE })
  if (done) break
  unlink(args[1])
}
`;

/** `install.packages` warns where it should fail, so what is there afterwards is looked at. */
const installScript = `
args <- commandArgs(TRUE)
library <- args[1]; repository <- args[2]; wanted <- args[-(1:2)]
if (length(wanted) > 0) {
  contrib <- file.path(repository, "src", "contrib")
  tools::write_PACKAGES(contrib, type = "source")
  install.packages(wanted, lib = library, contriburl = paste0("file://", contrib), type = "source", dependencies = FALSE)
  missing <- setdiff(wanted, rownames(installed.packages(lib.loc = library)))
  if (length(missing) > 0) stop("not installed: ", paste(missing, collapse = ", "))
}
`;

function run(script: string, args: readonly string[], recipe: RRecipe): Promise<readonly string[]> {
  return runInstallation([recipe.executable, '--vanilla', '-e', script, ...args], {
    ...recipe,
    cwd: dirname(recipe.lock),
    what: 'library of R packages',
    stages: /^\* installing/,
    hint: () => 'Correct renv.lock; a package with compiled parts needs a compiler and its libraries',
  });
}
