import { join } from 'node:path';
import { existsSync } from '../platform/index.ts';

const tracebackStart = 'Traceback (most recent call last):';
const mostLines = 25;

/** What to show of a failed command's output: the last traceback of Python where there is one, else the last lines. */
export function lastWords(tail: readonly string[]): readonly string[] {
  const start = tail.lastIndexOf(tracebackStart);
  const lines = (start < 0 ? tail : tail.slice(start)).filter(
    (line, index, all) => line.trim() !== '' || (index > 0 && index < all.length - 1),
  );
  if (lines.length <= mostLines) return lines;
  return start < 0 ? lines.slice(-mostLines) : [tracebackStart, '  …', ...lines.slice(-(mostLines - 2))];
}

/**
 * What a failed command seems to lack: a file or module of the project that it does not declare, or a package.
 *
 * @param root the user's tree
 * @returns the edit that helps, or null when its output does not tell
 */
export function missingInput(tail: readonly string[], { root, step }: { readonly root: string; readonly step: string }): string | null {
  for (const line of tail.toReversed()) {
    const module = /ModuleNotFoundError: No module named '([\w.]+)'/.exec(line)?.[1];
    if (module !== undefined) return missingModule(module.split('.')[0] ?? module, { root, step });
    const file = /(?:FileNotFoundError|No such file or directory):? .*?['"]([^'"]+)['"]/.exec(line.slice(0, 1_000))?.[1];
    if (file !== undefined && !file.startsWith('/') && existsSync(join(root, file))) return addInput(file, step);
  }
  return null;
}

function missingModule(module: string, { root, step }: { readonly root: string; readonly step: string }): string {
  const files = [`${module}.py`, `src/${module}.py`, module, `src/${module}`];
  const file = files.find((candidate) => existsSync(join(root, candidate)));
  if (file !== undefined) return addInput(file, step);
  return `Add the package of "${module}" to the requirements, lock them, and name the file in tidegate.yaml: python: { requirements: requirements.txt }`;
}

const addInput = (file: string, step: string): string => `Add "${file}" to "in:" of ${step}: it sees only what it declares`;
