/**
 * Where a test failed, by what its message says: pytest ends with `tests/test_a.py:12: AssertionError`, testthat begins with
 * `Failure (test-a.R:3:1)`, in JUnit it has `('test-a.R:3')`, Node and its kin have `at name (file:///…)` and name files by absolute paths, which say nothing elsewhere.
 *
 * @returns null when it names no file by a relative path
 */
export function placeInMessage(message: string): { readonly file: string; readonly line: number } | null {
  const lines = message.split('\n').slice(0, 400);
  const ofPytest = lines.findLast((line) => pytestPlace.test(line) && !line.startsWith('/') && !line.includes('..'));
  const [, file, number] = (ofPytest === undefined ? null : pytestPlace.exec(ofPytest)) ?? findFirst(lines, testthatPlace) ?? [];
  if (file === undefined || number === undefined) return null;
  const line = Number(number);
  return line > 0 && Number.isSafeInteger(line) ? { file, line } : null;
}

const pytestPlace = /^([^\s:]{1,400}\.\w{1,8}):(\d{1,9}): /;
const testthatPlace = /\('?([^\s:()/']{1,400}\.[Rr]):(\d{1,9})(?::\d{1,9})?'?\)/;

function findFirst(lines: readonly string[], pattern: RegExp): RegExpExecArray | null {
  for (const line of lines) {
    const found = pattern.exec(line);
    if (found !== null) return found;
  }
  return null;
}
