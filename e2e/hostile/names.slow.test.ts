import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { callCommandLine } from '../../packages/cli/src/test-command-line.ts';

/** Names that leave their place, are decoded twice, end a command, or mean a file to read. */
const hostileNames = [
  '../../secret',
  '..',
  '/etc/passwd',
  '%2e%2e%2fsecret',
  '%252e%252e%252fsecret',
  '..%2Fsecret',
  'x;touch started',
  '$(touch started)',
  'a\0b',
  '@secret',
  'steps.a/../../../secret',
  '__proto__',
  'constructor',
] as const;

/** Every place of the command line that takes the name or the id of something. */
const places: readonly ((name: string) => readonly string[])[] = [
  (name) => ['run', name],
  (name) => ['run', '--to', name],
  (name) => ['run', '--force', name],
  (name) => ['plan', name],
  (name) => ['explain', name],
  (name) => ['show', name],
  (name) => ['log', name],
  (name) => ['runs', 'show', name],
  (name) => ['runs', 'compare', name, name],
  (name) => ['test', name],
  (name) => ['data', 'show', name],
  (name) => ['data', 'log', name],
  (name) => ['data', 'diff', name],
  (name) => ['data', 'checkout', name],
  (name) => ['data', 'checkout', 'homes', name],
  (name) => ['data', 'diff', 'homes', name, name],
  (name) => ['data', 'status', name],
  (name) => ['data', 'add', name],
  (name) => ['data', 'commit', name],
  (name) => ['data', 'ls', name],
  (name) => ['data', 'ls', 'homes', '--version', name],
  (name) => ['data', 'cat', 'homes', name],
  (name) => ['data', 'export', name, 'out'],
  (name) => ['data', 'import', name, 'data'],
  (name) => ['data', 'verify', name],
  (name) => ['data', 'show', 'homes', '--file', name],
  (name) => ['data', 'push', name],
  (name) => ['data', 'pull', name],
  (name) => ['sources', 'check', name],
  (name) => ['remote', 'token', name],
  (name) => ['features', 'get', name],
  (name) => ['models', 'lineage', name],
  (name) => ['deploy', name],
  (name) => ['deploy', 'staging', name],
  (name) => ['rollback', name],
  (name) => ['rollback', 'staging', '--service', name],
  (name) => ['stop', name],
  (name) => ['serve', name],
  (name) => ['release', 'out', name],
  (name) => ['report', name],
  (name) => ['score', '--replay', name],
  (name) => ['monitors', 'check', name],
  (name) => ['monitors', 'log', name],
  (name) => ['monitors', 'try', name],
  (name) => [name],
  (name) => ['help', name],
];

test('hostile 34: no name or id on the command line leaves its place, is decoded, or is taken for a file or a command', async (t) => {
  const place = layOut(t);
  const before = filesIn(place);
  const call = (words: readonly string[]) =>
    callCommandLine(words, {
      cwd: join(place, 'project'),
      variables: { ...process.env, TIDEGATE_HOME: join(place, 'home'), TIDEGATE_REMOTE: '' },
    });

  for (const words of places)
    for (const name of hostileNames) {
      const line = JSON.stringify(words(name));
      const { code, stdout, stderr } = await call(words(name));

      assert.notEqual(code, 0, `${line} was taken:\n${stdout}`);
      assert.match(stderr, /TG-[A-Z]+-[A-Z-]+/, line);
      assert.doesNotMatch(stderr, /TG-CONFIG|TG-CLI-BUG|please report/i, `${line} was refused for another reason:\n${stderr}`);
      assert.doesNotMatch(stdout + stderr, /only its owner reads this/, line);
    }

  assert.deepEqual(filesIn(place), before);
});

/** A project, and a file beside it that nothing may read or change. */
function layOut(t: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-names-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  cpSync(resolve(import.meta.dirname, '../projects/homes'), join(place, 'project'), { recursive: true });
  mkdirSync(join(place, 'project/data'));
  writeFileSync(join(place, 'project/data/homes.csv'), 'id,moment,town,price\n1,2026-01-01 00:00:00,Ulm,1\n');
  writeFileSync(join(place, 'project/regression.onnx'), 'not read by any of these commands');
  writeFileSync(join(place, 'secret'), 'only its owner reads this');
  writeFileSync(join(place, 'project/secret'), 'only its owner reads this');
  mkdirSync(join(place, 'home'));
  return place;
}

/** Everything at the place with its content, without the home. */
function filesIn(place: string): readonly string[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(place, 'home')))
    .map((entry) => `${join(entry.parentPath, entry.name)}: ${readFileSync(join(entry.parentPath, entry.name), 'base64')}`)
    .toSorted();
}
