import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { Ajv } from 'ajv';
import { callCommandLine } from '../packages/cli/src/test-command-line.ts';
import { documentedOutputs, fieldsOf } from '../tools/docs/json-tables.ts';

const page = 'docs/reference/data-json.md';

/** A project with files, a table and a source, in a Git repository, with a remote. */
const files = {
  'tidegate.yaml': `version: 1
project: shop
remote: { folder: ../remote }
data:
  houses: { from: { files: data/houses } }
  people: { from: { files: data/people.csv }, table: { key: id } }
  tides: { from: { sqlite: { file: tides.db, table: tides } } }
steps: { list: { run: [sh, -c, "ls data/tides > list.txt; grep -c height list.txt || true"], in: [data.tides, list.sh], out: { list: list.txt } } }
`,
  'list.sh': 'echo height\n',
  '.gitignore': 'data/\ntables/\nbuild/\ntides.db\nlist.txt\n',
  'data/houses/a.csv': 'id,price,place\n1,100,Oban\n2,200,Oban\n',
  'data/houses/deep/b.csv': 'id,price,place\n3,300,Keills\n',
  'data/people.csv': 'id,name\n1,Ann\n2,Bob\n3,Cid\n',
  'rows/new.csv': 'id,name,age\n9,Zoe,20\n',
  'more/new.csv': 'id,price,town\n4,400.5,Crinan\n',
  'old/new.csv': 'id,price,place\n4,400,Crinan\n',
  'rows/old.csv': 'id,name\n9,Zoe\n',
};

test('what every verb of data prints with --json is what its page says, field by field', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-json-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const cwd = join(folder, 'project');
  const write = (some: { readonly [path: string]: string }): void => {
    for (const [path, text] of Object.entries(some)) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), text);
    }
  };
  write(files);
  const git = (...words: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@t', ...words], { cwd, stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch', 'main');
  using database = new DatabaseSync(join(cwd, 'tides.db'));
  database.exec(
    "CREATE TABLE tides (id INTEGER PRIMARY KEY, height REAL, place TEXT); INSERT INTO tides VALUES (1, 1.5, 'Oban'), (2, 2.5, 'Awe')",
  );
  using engine = await openEngine({ threads: 1 });
  const call = async (line: string, home = 'home') => {
    const variables = { PATH: process.env['PATH'], HOME: folder, TIDEGATE_HOME: join(folder, home) };
    const { stdout, stderr, code } = await callCommandLine(['data', ...wordsOf(line), '--json'], { cwd, variables });
    // what drift comes to is its exit code
    assert.ok(code === 0 || code === 1 || line.startsWith('drift '), `${line}: ${stdout}${stderr}`);
    const value = JSON.parse(stdout) as unknown;
    assert.ok(typeof value === 'object' && value !== null && !('errors' in value), `${line}: ${stdout}`);
    return value;
  };

  const documented = new Map(documentedOutputs(page).map((one) => [one.name, one]));
  const seen = new Map<string, Set<string>>();
  const others: string[] = [];
  const ajv = new Ajv({ strict: false, allErrors: true });
  const check = async (name: string, line: string, home?: string): Promise<void> => {
    const output = documented.get(name) ?? assert.fail(`"${page}" has no section "${name}"`);
    const value = await call(line, home);
    if (!ajv.validate(output.schema, value))
      for (const { instancePath, message, params } of ajv.errors ?? [])
        others.push(`${line}: ${instancePath} ${message} ${JSON.stringify(params)}`);
    const all = seen.get(name) ?? new Set();
    for (const path of fieldsOf(value)) all.add(path);
    seen.set(name, all);
  };
  const pin = (subject: string): void => {
    git('add', '.');
    git('commit', '--quiet', '--message', subject);
  };

  await check('list', 'list');
  await check('add NAME, of files', 'add houses');
  await check('add NAME, of a source', 'add tides');
  await check('status', 'status');
  await check('commit', 'commit');
  pin('First');
  await check('list', 'list');
  for (const name of ['houses', 'people']) await check('show NAME', `show ${name}`);
  await check('push', 'push');

  database.exec('ALTER TABLE tides RENAME COLUMN height TO level; ALTER TABLE tides ADD COLUMN wind REAL');
  await check('add NAME, of a source', 'add tides');
  database.exec('ALTER TABLE tides RENAME TO old; CREATE TABLE tides AS SELECT wind, place, level, id FROM old; DROP TABLE old');
  await check('add NAME, of a source', 'add tides');
  database.exec("DROP TABLE tides; CREATE TABLE tides (place TEXT, id TEXT); INSERT INTO tides VALUES ('Oban', 'x1')");
  await check('add NAME, of a source', 'add tides');
  rmSync(join(cwd, 'data/houses/deep/b.csv'));
  write({
    'data/houses/a.csv': 'id,price,town\n1,100.5,Oban\n2,200.5,Awe\n',
    'data/houses/c.csv': 'id,price,town\n7,700,Lomond\n',
    'data/people.csv': 'id,name,age\n1,Ann,30\n2,Rob,40\n4,Dan,50\n',
  });
  chmodSync(join(cwd, 'data/houses/c.csv'), 0o755);
  symlinkSync('a.csv', join(cwd, 'data/houses/link.csv'));
  await check('add NAME, of files', 'add houses');
  write({ 'data/houses/d.csv': 'id,price,town\n8,800,Etive\n' });
  await check('status', 'status --check');
  await check('diff NAME', 'diff houses');
  await check('diff NAME', 'diff people --examples 5');
  await check('drift NAME', 'drift people');
  await check('drift NAME', 'drift people --from-profiles');
  await check('commit', 'commit houses');
  await check('commit', 'commit people');
  renameSync(join(cwd, 'data/houses/c.csv'), join(cwd, 'data/houses/r.csv'));
  await check('diff NAME', 'diff houses');
  renameSync(join(cwd, 'data/houses/r.csv'), join(cwd, 'data/houses/c.csv'));
  write({ 'data/people.csv': 'id,title,age\n1,Ann,30\n2,Rob,40\n4,Dan,50\n' });
  await check('diff NAME', 'diff people');
  pin('Second');
  await check('log NAME', 'log houses');
  await check('checkout NAME', 'checkout houses HEAD~1 --force');
  await check('checkout NAME', 'checkout houses --force');
  await check('ls NAME', 'ls houses data');
  await check('ls NAME', 'ls houses data/houses');
  await check('cat NAME PATH', 'cat houses data/houses/a.csv');
  await check('export NAME FOLDER', `export houses ${join(folder, 'out')}`);
  await check('verify', 'verify');
  await check('add NAME --onto VERSION, of files', 'add houses --onto pinned more/new.csv --at data/houses');
  await check('add NAME --onto VERSION, of files', 'add houses --onto HEAD~1 old/new.csv --at data/houses');
  await check('add NAME, of files', 'add houses');
  await check('add NAME --onto VERSION, of rows', 'add people --onto pinned rows/new.csv');
  await check('add NAME --onto VERSION, of rows', 'add people --onto HEAD~1 rows/old.csv');
  await check('infer NAME', 'infer people');
  await check('infer NAME', 'infer people --write people.odcs.yaml');
  await check('profile NAME [VERSION]', 'profile people');
  await check('profile NAME [VERSION]', 'profile people HEAD --correlations');
  await check('import NAME FROM', 'import houses more');
  await check('gc', 'gc --dry-run');
  await check('forget NAME', 'forget people --key id=1 --dry-run');
  await check('forget NAME', 'forget people --key id=1 --yes');
  await check('tombstones', 'tombstones');
  await check('anomalies NAME', 'anomalies houses');
  await check('anomalies NAME --fine VERSION', 'anomalies houses --fine HEAD~1 --reason "a new town"');
  await check('anomalies NAME --fine VERSION', 'anomalies houses --not-fine HEAD~1');
  await check('push', 'push');
  await check('merge', 'merge houses --from HEAD~1 --dry-run');
  await check('merge', 'merge houses --from HEAD~1');
  await check('pull', 'pull --force', 'other-home');

  rmSync(join(cwd, 'tides.db'));
  await check('status', 'status --check');
  write({ 'tidegate.yaml': files['tidegate.yaml'].replace('data:\n', 'data:\n  wide: { from: { files: wide.parquet } }\n') });
  await engine.run(
    `COPY (SELECT i AS id, TIMESTAMP '2026-01-01' AS "at" FROM range(10) t(i)) TO ${quoteText(join(cwd, 'wide.parquet'))} (FORMAT parquet)`,
  );
  await check('commit', 'commit wide');
  await check('show NAME --file PATH', 'show wide --file wide.parquet');
  await check('infer NAME', 'infer wide --write wide.odcs.yaml');
  write({
    'tidegate.yaml': files['tidegate.yaml'].replace(
      'data:\n',
      'data:\n  wide: { from: { files: wide.parquet }, contract: wide.odcs.yaml }\n',
    ),
  });
  await check('infer NAME --update', 'infer wide --update --dry-run');
  write({
    'wide.odcs.yaml': `apiVersion: v3.1.0
kind: DataContract
id: wide
version: 1.0.0
status: active
schema:
  - name: wide
    properties:
      - { name: id, logicalType: integer }
      - name: at
        logicalType: timestamp
        quality: [{ type: custom, engine: tidegate, severity: warning, implementation: { check: notOlderThan, age: 1d } }]
`,
  });
  await check('commit', 'commit wide');
  await check('status', 'status wide');

  assert.deepEqual(others, [], 'what is printed is other than the page says');
  const never = [...documented.values()].flatMap(({ name, fields }) =>
    fields.filter((field) => seen.get(name)?.has(field) !== true).map((field) => `${name}: ${field}`),
  );
  assert.deepEqual(never, rare, 'fields that the page has and nothing here has printed');
});

/** What would take another project, server or machine to be printed. */
const rare = ['name', 'before', 'after'].map((field) => `diff NAME: checks[].${field}`).concat(['merge: count', 'merge: conflicts']);

/** As a shell takes them: what is between quotes is one. */
function wordsOf(line: string): readonly string[] {
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
}
