import { join, normalize, sep } from 'node:path';
import { existsSync, sandboxWorkspace } from '../platform/index.ts';
import type { Ran } from './step-process.ts';

export interface FailedStep {
  /** The user's tree. */
  readonly root: string;
  readonly step: string;
}

/**
 * What a failed command seems to lack, by what it printed last: a file or module of the project that it does not declare, a package, or the network.
 *
 * @returns the edit that helps, or null when its output does not tell
 */
export function missingInput(ran: Pick<Ran, 'tail' | 'folder' | 'isOffline'>, failed: FailedStep): string | null {
  for (const line of ran.tail.map((whole) => whole.slice(0, 1_000)).toReversed()) {
    const module = /ModuleNotFoundError: No module named '([\w.]+)'/.exec(line)?.[1];
    if (module !== undefined) return missingModule(module.split('.')[0] ?? module, failed);
    const file = saysMissing.test(line) ? pathsIn(line).find((path) => isUndeclared(path, ran.folder, failed.root)) : undefined;
    if (file !== undefined) return addInput(inProject(file, failed.root), failed.step);
    if (ran.isOffline && saysOffline.test(line))
      return `A step has no network of its own: add "network: true" to ${failed.step}, or declare what it fetches as data`;
  }
  return null;
}

/** What interpreters, shells and the C library say of a file that is not there. */
const saysMissing =
  /no such file|not found|cannot (?:open|find|stat|access|read)|can't (?:open|find|read)|does(?: not|n't) exist|unable to open|could not open/i;
const saysOffline =
  /network is unreachable|name resolution|name or service not known|could not resolve host|connection refused|getaddrinfo|failed to establish a new connection/i;

/** What in a line may be a path: what stands in quotes, and words. */
function pathsIn(line: string): readonly string[] {
  const quoted = [...line.matchAll(/(["'`‘“])(.+?)(?:\1|[’”])/g)].map((match) => match[2] ?? '');
  return [...quoted, ...line.split(/\s+/).map((word) => word.replace(/^[("'`‘“]+|[)"'`’”:;,.]+$/g, ''))];
}

function isUndeclared(path: string, workspace: string, root: string): boolean {
  const file = inProject(path, root);
  return (
    file !== '' &&
    file !== '.' &&
    !file.startsWith('/') &&
    !file.startsWith('..') &&
    existsSync(join(root, file)) &&
    !existsSync(join(workspace, file))
  );
}

/** The path as it is declared: relative to the project, also where the command named it by its place in the workspace or in the user's tree. */
function inProject(path: string, root: string): string {
  const folder = [sandboxWorkspace, root].find((one) => path.startsWith(one + sep));
  return normalize(folder === undefined ? path : path.slice(folder.length + 1));
}

function missingModule(module: string, { root, step }: FailedStep): string {
  const files = [`${module}.py`, `src/${module}.py`, module, `src/${module}`];
  const file = files.find((candidate) => existsSync(join(root, candidate)));
  if (file !== undefined) return addInput(file, step);
  return `Add the package of "${module}" to the requirements, lock them, and name the file in tidegate.yaml: python: { requirements: requirements.txt }`;
}

const addInput = (file: string, step: string): string => `Add "${file}" to "in:" of ${step}: it sees only what it declares`;
