import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Digest } from '@tidegate/formats';
import { parseJunit } from '../packages/core/src/commands/junit.ts';
import { folderRemote } from '../packages/core/src/store/index.ts';
import { type Ended, spawnAndWait, tidegateProgram } from './rig/play.ts';

interface Machine {
  readonly project: string;
  readonly git: (...argv: readonly string[]) => Promise<Ended>;
  readonly tidegate: (...argv: readonly string[]) => Promise<Ended>;
}

interface Team {
  readonly folder: string;
  readonly remote: string;
  /** The machine that has the data and deploys. */
  readonly home: Machine;
  /** A fresh clone of a branch on a machine with an empty home. */
  readonly clone: (branch: string, more?: NodeJS.ProcessEnv) => Promise<Machine>;
}

/** A team whose data is not in Git: houses, a training script, staging and production on one machine, a folder that all see. */
async function makeTeam(t: TestContext): Promise<Team> {
  const folder = mkdtempSync(join(tmpdir(), 'tg-team-'));
  const machines: Machine[] = [];
  const machineAt = (name: string, project: string, more: NodeJS.ProcessEnv = {}): Machine => {
    const variables = { ...process.env, TIDEGATE_HOME: join(folder, name), FORCE_COLOR: '0', GITHUB_ACTIONS: '', GITLAB_CI: '', ...more };
    const git: Machine['git'] = (...argv) =>
      spawnAndWait('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...argv], { cwd: project, variables });
    const tidegate: Machine['tidegate'] = (...argv) =>
      spawnAndWait(process.execPath, [tidegateProgram, ...argv], { cwd: project, variables });
    machines.push({ project, git, tidegate });
    return { project, git, tidegate };
  };
  const project = join(folder, 'origin');
  mkdirSync(project);
  const home = machineAt('home-of-origin', project);
  t.after(async () => {
    for (const machine of machines) if (existsSync(join(machine.project, 'tidegate.yaml'))) await machine.tidegate('stop');
    rmSync(folder, { recursive: true, force: true });
  });
  const source = resolve(import.meta.dirname, 'scenarios/02_uncommitted_changes/project');
  cpSync(join(source, 'train.py'), join(project, 'train.py'));
  mkdirSync(join(project, 'data'));
  cpSync(join(source, 'houses.csv'), join(project, 'data/houses.csv'));
  writeFileSync(join(project, 'train.py'), readFileSync(join(source, 'train.py'), 'utf8').replace('"houses.csv"', '"data/houses.csv"'));
  writeFileSync(join(project, '.gitignore'), 'build/\ndata/\nmodel.py\n');
  writeFileSync(
    join(project, 'tidegate.yaml'),
    readFileSync(join(source, 'tidegate.yaml'), 'utf8')
      .replace('version: 1', 'version: 1\nproject: houses')
      .replace('files: houses.csv', 'files: data/*.csv')
      .replace('min: { r2: 0.8 }', 'min: { r2: 0.3 }'),
  );
  await home.git('init', '--quiet', '--initial-branch', 'main');
  await commit(home, 'Start');
  const clone: Team['clone'] = async (branch, more) => {
    const path = join(folder, `clone-of-${branch}`);
    await home.git('clone', '--quiet', '--branch', branch, project, path);
    return machineAt(`home-of-${branch}`, path, more);
  };
  return { folder, remote: join(folder, 'remote'), home, clone };
}

async function commit({ git }: Machine, subject: string): Promise<void> {
  await git('add', '.');
  const { code, stderr } = await git('commit', '--quiet', '--message', subject);
  assert.equal(code, 0, stderr);
}

async function branch(team: Team, name: string, change: (project: string) => void): Promise<void> {
  await team.home.git('switch', '--quiet', '--create', name, 'main');
  change(team.home.project);
  await commit(team.home, `A change: ${name}`);
  await team.home.git('switch', '--quiet', 'main');
}

interface Judged {
  readonly run: {
    readonly verdict: string;
    readonly steps: readonly { readonly step: string; readonly status: string; readonly reasons: readonly { readonly input?: string }[] }[];
  };
  readonly models: readonly { readonly evaluation: { readonly champion: { readonly release: string } | null } }[];
  readonly datasets: readonly unknown[];
}

const statuses = ({ run }: Judged): { readonly [step: string]: string } =>
  Object.fromEntries(run.steps.map(({ step, status }) => [step, status]));

test(
  'fresh clones judge branches against what is live elsewhere, with data, results and champion through a folder',
  { timeout: 300_000 },
  async (t) => {
    const team = await makeTeam(t);
    const released = await team.home.tidegate('run', '--to', 'production', '--remote', team.remote, '--json');
    assert.equal(released.code, 0, released.stderr);
    const { release } = JSON.parse(released.stdout) as { readonly release: string };
    await commit(team.home, 'Pin the data');
    await branch(team, 'words', (project) => writeFileSync(join(project, 'README.md'), '# Houses\n'));
    await branch(team, 'better', (project) =>
      appendFileSync(join(project, 'train.py'), '\n# rounded nowhere\nopen("model.py", "a").write("\\n# better\\n")\n'),
    );
    await branch(team, 'worse', (project) =>
      appendFileSync(
        join(project, 'train.py'),
        '\nopen("model.py", "a").write("\\n\\ndef predict(rows):\\n    return [300000.0 for row in rows]\\n")\n',
      ),
    );

    const words = await team.clone('words');
    assert.equal(existsSync(join(words.project, 'data')), false);
    const nothing = await words.tidegate('ci', '--remote', team.remote, '--json');
    assert.equal(nothing.code, 0, nothing.stderr);
    const same = JSON.parse(nothing.stdout) as Judged;
    assert.ok(
      Object.values(statuses(same)).every((status) => status === 'hit'),
      JSON.stringify(statuses(same)),
    );
    assert.deepEqual(same.datasets, []);
    assert.match(readFileSync(join(words.project, 'build/ci/report.md'), 'utf8'), /the same file as the model that is live/);
    assert.equal((JSON.parse((await words.tidegate('models', '--json')).stdout) as readonly unknown[]).length, 1);
    assert.ok(existsSync(join(words.project, 'data/houses.csv')));
    assert.ok(existsSync(join(words.project, 'model.py')));

    const better = await team.clone('better');
    const passed = await better.tidegate('ci', '--remote', team.remote, '--json');
    assert.equal(passed.code, 0, `${passed.stderr}${passed.stdout}`);
    const good = JSON.parse(passed.stdout) as Judged;
    assert.deepEqual(statuses(good), {
      'data.houses': 'hit',
      'steps.train': 'done',
      'models.price': 'done',
      'references.price': 'done',
      'services.price': 'done',
      'trials.price': 'done',
    });
    assert.deepEqual(
      good.run.steps.find(({ step }) => step === 'steps.train')?.reasons.map(({ input }) => input),
      ['train.py'],
    );
    assert.equal(good.models[0]?.evaluation.champion?.release, release);
    assert.match(readFileSync(join(better.project, 'build/ci/report.md'), 'utf8'), /against the model of release/);

    const again = await better.tidegate('ci', '--remote', team.remote, '--json');
    assert.ok(Object.values(statuses(JSON.parse(again.stdout) as Judged)).every((status) => status === 'hit'));

    const worse = await team.clone('worse');
    const refused = await worse.tidegate('ci', '--remote', team.remote, '--report', 'out/report.md', '--junit', 'out/junit.xml');
    assert.equal(refused.code, 3, refused.stdout);
    assert.match(refused.stdout, /Verdict: fail\. models\.price does not pass/);
    const report = readFileSync(join(worse.project, 'out/report.md'), 'utf8');
    assert.match(report, /^<!-- tidegate:ci /);
    assert.match(report, /❌ Tidegate: fail/);
    assert.match(
      report,
      /<code>rmse<\/code> \| [\d,]+ \([\d,]+ to [\d,]+\) \| [\d,]+ \([\d,]+ to [\d,]+\) \| −[\d,]+ \(−[\d,]+ to −[\d,]+\), margin [\d.,]+ \| fail/,
    );
    const cases = parseJunit(readFileSync(join(worse.project, 'out/junit.xml'), 'utf8')) ?? [];
    assert.ok(cases.some(({ name, outcome }) => name === 'models.price::primary.rmse' && outcome === 'failed'));

    const alone = await team.clone('main');
    const without = await alone.tidegate('ci', '--json');
    assert.equal(without.code, 2);
    assert.match(without.stdout, /TG-CI-NO-DATA/);
    assert.match((await alone.tidegate('remote', 'pull')).stderr, /TG-CLI-NO-REMOTE/);
    assert.match((await alone.tidegate('remote', 'push')).stderr, /TG-CLI-NO-REMOTE/);
    assert.match((await alone.tidegate('ci', '--comment')).stderr, /TG-CI-NO-FORGE/);
    const pulled = await alone.tidegate('remote', 'pull', '--remote', team.remote);
    assert.match(pulled.stdout, /data\.houses: 1 file of version \w+ in place/);
  },
);

test(
  'a history of another home under the same name is not written over, and what was made is shared all the same',
  { timeout: 300_000 },
  async (t) => {
    const team = await makeTeam(t);
    await team.home.tidegate('run', '--to', 'staging', '--remote', team.remote);
    await commit(team.home, 'Pin the data');
    const other = await team.clone('main', { TIDEGATE_REMOTE: team.remote });
    await other.tidegate('remote', 'pull', '--remote', team.remote);

    const run = await other.tidegate('run', '--to', 'staging', '--remote', team.remote);

    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stderr, /Not shared with the remote:\n.*TG-DEPLOY-HISTORY-DIFFERS/);
    const loop = await other.tidegate('up', '--once', '--to', 'staging');
    assert.match(loop.stdout, /Not shared with the remote: TG-DEPLOY-HISTORY-DIFFERS/);
    assert.equal((await other.tidegate('remote', 'push', '--remote', team.remote)).code, 1);
    const again = await team.home.tidegate('remote', 'push', '--remote', team.remote);
    assert.match(again.stdout, /Shared: 0 results, 0 objects \(0 B\), 0 deployments/);
  },
);

test(
  'a push that is killed at any moment leaves no record whose objects are not there, and the next one ends it',
  { timeout: 300_000 },
  async (t) => {
    const team = await makeTeam(t);
    const run = await team.home.tidegate('run', '--to', 'production');
    assert.equal(run.code, 0, run.stderr);
    const variables = { ...process.env, TIDEGATE_HOME: join(team.folder, 'home-of-origin'), FORCE_COLOR: '0' };

    for (let attempt = 0; attempt < 12; attempt++) {
      const remote = join(team.folder, `killed-${attempt % 3}`);
      const argv = [tidegateProgram, 'remote', 'push', '--remote', remote];
      const child = spawn(process.execPath, argv, { cwd: team.home.project, env: variables, stdio: 'ignore' });
      const ended = once(child, 'exit');
      await untilWritten(remote, attempt * 3, ended);
      child.kill('SIGKILL');
      await ended;
      assert.deepEqual(await brokenRecords(remote), []);
    }

    const remotes = [0, 1, 2].map((number) => join(team.folder, `killed-${number}`));
    const pushes = await Promise.all([...remotes, ...remotes].map((remote) => team.home.tidegate('remote', 'push', '--remote', remote)));
    assert.deepEqual(
      pushes.map(({ code }) => code),
      pushes.map(() => 0),
    );
    await commit(team.home, 'Pin the data');
    const clone = await team.clone('main');
    const judged = JSON.parse((await clone.tidegate('ci', '--remote', remotes[0] ?? '', '--json')).stdout) as Judged;
    assert.ok(Object.values(statuses(judged)).every((status) => status === 'hit'));
  },
);

/** Until a number of files is there, or the process has ended. */
async function untilWritten(remote: string, files: number, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!isOver && filesIn(remote).length < files) await delay(1);
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.tmp-'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Records that are no JSON, and those of results with outputs that the remote does not have. */
async function brokenRecords(folder: string): Promise<readonly string[]> {
  const remote = folderRemote(folder, 'main');
  const broken: string[] = [];
  for (const path of filesIn(join(folder, 'records'))) {
    const record = JSON.parse(readFileSync(path, 'utf8')) as ResultRecord;
    const outputs = Object.values(record.outputs ?? {}).map(({ digest }) => ({ digest, bytes: null }));
    if ((await remote.missing(outputs)).length > 0) broken.push(path);
  }
  return broken;
}

interface ResultRecord {
  readonly outputs?: { readonly [name: string]: { readonly digest: Digest } };
}
