import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { callCommandLine, type Printed } from '../packages/cli/src/test-command-line.ts';

const planted = 'Zacharias planted once';

/** 3,000 people, so that files lie beside the database of small objects as well; what nobody says is a name like others. */
function people(names: ReadonlyMap<number, string>): string {
  const ids = [...new Set([...Array.from({ length: 3_000 }, (_, id) => id), ...names.keys()])];
  return `id,name\n${ids.map((id) => `${id},${names.get(id) ?? `name ${(id * 7919) % 100_003} of many`}`).join('\n')}\n`;
}

interface Trial {
  readonly cwd: string;
  readonly home: string;
  readonly call: (...words: readonly string[]) => Promise<Printed>;
  readonly commit: (csv: string) => Promise<string>;
  readonly git: (...words: readonly string[]) => string;
}

function trial(t: TestContext): Trial {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cli-forget-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [cwd, home] = [join(folder, 'project'), join(folder, 'home')];
  mkdirSync(join(cwd, 'data'), { recursive: true });
  writeFileSync(
    join(cwd, 'tidegate.yaml'),
    `version: 1
project: trial
data: { people: { from: { files: data/*.csv }, table: { key: id } } }
steps: { copy: { run: [sh, -c, "cat tables/people/*.parquet > out.bin"], in: [data.people], out: { out: out.bin } } }
`,
  );
  writeFileSync(join(cwd, '.gitignore'), 'data/\ntables/\nout.bin\nbuild/\n');
  const git: Trial['git'] = (...words) => execFileSync('git', words, { cwd, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch', 'main');
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.com');
  const call: Trial['call'] = (...words) =>
    callCommandLine(words, { cwd, variables: { TIDEGATE_HOME: home, PATH: process.env['PATH'], HOME: folder } });
  const commit: Trial['commit'] = async (csv) => {
    writeFileSync(join(cwd, 'data/people.csv'), csv);
    const { code, stdout, stderr } = await call('run');
    assert.equal(code, 0, stdout + stderr);
    git('add', '.');
    git('commit', '--quiet', '--message', 'Pin');
    return pinOf(cwd);
  };
  return { cwd, home, call, commit, git };
}

function pinOf(cwd: string): string {
  return /people: (sha256:\w+)/.exec(readFileSync(join(cwd, 'tidegate.lock'), 'utf8'))?.[1] ?? assert.fail();
}

/** Files below a folder in which a text is, as bytes or in a Parquet file as a value. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  using engine = await openEngine({ threads: 1 });
  const found: string[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    const isParquet = bytes.subarray(0, 4).toString('latin1') === 'PAR1';
    const rows = isParquet ? JSON.stringify(await engine.rows(`SELECT * FROM read_parquet(${quoteText(path)})`)) : '';
    if (bytes.includes(text) || rows.includes(text)) found.push(name);
  }
  return found;
}

test('a row goes out of every version with its bytes, results that saw it are made again, other branches follow, and the source does not bring it back', async (t) => {
  const { cwd, home, call, commit, git } = trial(t);
  const names = new Map([[4711, planted]]);
  const first = await commit(people(names));
  git('branch', 'old');
  await commit(people(new Map([...names, [5, 'somebody else']])));
  const last = await commit(people(new Map([[5, 'somebody else']])));
  await call('data', 'checkout', 'people', 'old');
  assert.ok((await filesWith(home, planted)).length > 0);
  assert.equal((await filesWith(join(cwd, 'tables'), planted)).length, 1);

  const asked = await call('data', 'forget', 'people', '--key', 'id=4711', '--dry-run');
  assert.match(asked.stdout, /would forget rows of 3 versions/);
  assert.equal(pinOf(cwd), last);
  const refused = await call('data', 'forget', 'people', '--key', 'id=4711');
  assert.match(refused.stderr, /TG-CLI-USAGE: .*nobody is there to be asked/);
  const done = await call('data', 'forget', 'people', '--key', 'id=4711', '--reason', 'asked for', '--yes');

  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /Steps that run again, for their results came from them: data\.people, steps\.copy/);
  assert.deepEqual(await filesWith(home, planted), []);
  assert.deepEqual(await filesWith(join(cwd, 'tables'), planted), []);
  assert.notEqual(pinOf(cwd), last);
  assert.match((await call('data', 'log', 'people')).stdout, new RegExp(pinOf(cwd).slice(7, 19)));
  git('commit', '--quiet', '--all', '--message', 'Pin what is left');

  git('checkout', '--quiet', 'old');
  const placed = await call('data', 'checkout', 'people');
  assert.match(placed.stdout, new RegExp(`pins ${first.slice(7, 19)}, of which rows were forgotten`));
  assert.deepEqual(await filesWith(join(cwd, 'tables'), planted), []);
  git('checkout', '--quiet', 'main');

  writeFileSync(join(cwd, 'data/people.csv'), people(new Map([...names, [5, 'somebody else']])));
  const again = await call('run');
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /data\.people: its result was taken out of the cache .*rows that it was made from were forgotten/);
  assert.match(again.stdout, /data\.people: done.*forgottenRows 1/);
  assert.deepEqual(await filesWith(home, planted), []);
  assert.equal(git('status', '--porcelain', 'tidegate.lock'), '', 'the pin is that of the rows without the forgotten one');

  const { tombstones } = JSON.parse((await call('data', 'tombstones', '--json')).stdout) as {
    readonly tombstones: readonly { readonly [member: string]: unknown }[];
  };
  assert.deepEqual(
    tombstones.map(({ isSigned, isDone, reason, by, versions }) => [isSigned, isDone, reason, by, (versions as readonly unknown[]).length]),
    [[true, true, 'asked for', { name: 'Ada', email: 'ada@example.com' }, 3]],
  );
  assert.match((await call('data', 'forget', 'people', '--key', 'id=4711', '--yes')).stdout, /were forgotten 20/);
  const typo = await call('data', 'forget', 'people', '--key', 'id=4712', '--yes');
  assert.deepEqual([typo.code, typo.stdout.trim()], [1, 'data.people: no version has a row under that key.']);
  assert.match((await call('store', 'fsck')).stdout, /sound|whole|nothing/i);
});

test('what is pinned stays and is named, also when the rest is forgotten', async (t) => {
  const { home, call, commit } = trial(t);
  const first = await commit(people(new Map([[4711, planted]])));
  await call('store', 'pin', first);
  await commit(people(new Map([[4711, `${planted} and changed`]])));

  const held = await call('data', 'forget', 'people', '--key', 'id=4711', '--yes');
  assert.equal(held.code, 1);
  assert.match(held.stdout, new RegExp(`${first.slice(7, 19)} stays with what it has of them: pinned: ${first}`));
  assert.deepEqual(await filesWith(home, `${planted} and changed`), []);
  assert.ok((await filesWith(home, planted)).length > 0);

  await call('store', 'unpin', first);
  assert.equal((await call('data', 'forget', 'people', '--key', 'id=4711', '--yes')).code, 0);
  assert.deepEqual(await filesWith(home, planted), []);
});

test('versions of files from before the dataset was a table are named, and rows that another project brought back go as well', async (t) => {
  const { cwd, home, call, commit } = trial(t);
  const file = join(cwd, 'tidegate.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(', table: { key: id }', '').replace(/steps: .*/, ''));
  const files = await commit(people(new Map([[4711, planted]])));
  writeFileSync(file, text);
  await commit(people(new Map([[4711, planted]])));
  const stays = new RegExp(`${files.slice(7, 19)} stays with what it has of them: a version of files`);

  for (const key of ['id=4711', 'id=4712']) {
    const forgot = await call('data', 'forget', 'people', '--key', key, '--yes');
    assert.equal(forgot.code, 1);
    assert.match(forgot.stdout, stays);
  }
  const kept = await filesWith(home, planted); // the file, its profile among the small objects, and what that is merged of
  const parts = kept.filter((path) => readFileSync(join(home, path), 'latin1').includes('tidegate.profile-part/1'));
  assert.ok(kept.length > 0 && kept.length - parts.length < 3 && parts.length < 2, JSON.stringify(kept));

  writeFileSync(file, text.replace('project: trial', 'project: fork'));
  await commit(people(new Map([[4711, planted]])));
  assert.ok((await filesWith(home, planted)).length > kept.length);
  assert.match((await call('data', 'forget', 'people', '--key', 'id=4711', '--yes')).stdout, /forgot rows of 1 version/);
  assert.deepEqual(await filesWith(home, planted), kept);
});

test('a dataset without a key and values that no key has are refused, and so is everything while a run goes on', async (t) => {
  const { cwd, call, commit } = trial(t);
  await commit(people(new Map()));
  const refused = async (...words: readonly string[]): Promise<string> =>
    (await call('data', 'forget', 'people', '--yes', ...words)).stderr;
  assert.match(await refused('--key', 'ids=1'), /TG-DATA-FORGET: .*"ids" is not in its key; did you mean "id"/);
  assert.match(await refused('--key', 'id=one'), /TG-DATA-FORGET: .*"one" is no value of "id" \(BIGINT\)/);
  assert.match(await refused(), /TG-DATA-FORGET: .*no key is given/);

  const file = join(cwd, 'tidegate.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"cat tables', '"sleep 3; cat tables'));
  const running = call('run');
  let found = '';
  while (!found.includes('TG-DATA-FORGET-BUSY') && !found.includes('ended'))
    found = await Promise.race([refused('--key', 'id=9999999'), running.then(() => 'ended')]);
  assert.match(found, /TG-DATA-FORGET-BUSY: .*a run of trial goes on/);
  assert.equal((await running).code, 0);

  writeFileSync(file, text.replace('table: { key: id }', 'table: {}').replace('data: { people', 'data: { crowd'));
  writeFileSync(file, readFileSync(file, 'utf8').replace('data.people', 'data.crowd').replace('tables/people', 'tables/crowd'));
  assert.match(
    (await call('data', 'forget', 'crowd', '--key', 'id=1', '--yes')).stderr,
    /TG-DATA-FORGET: .*has no key that tells them apart/,
  );
  assert.match((await call('data', 'forget', 'crowd', '--key', 'id=1')).stderr, /TG-DATA-FORGET: .*has no key/, 'before anybody is asked');
});
