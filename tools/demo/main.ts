import { existsSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { type Commands, commandsIn } from './commands.ts';
import { narrator } from './narrator.ts';

/**
 * The story of the README on real data, through the `tidegate` command alone: this script copies files, commits, sends
 * requests and reads what the command says. No outcome is fixed in it. `--keep` leaves everything up at the end.
 */
const repository = resolve(import.meta.dirname, '../..');
const example = join(repository, 'examples/flight-delays');
const changes = join(import.meta.dirname, 'changes');
const place = join(tmpdir(), `tidegate-demo-${userInfo().username}`);
const project = join(place, 'flight-delays');
const keep = process.argv.includes('--keep');
const afterAugust = '2013-09-01T04:30:00Z';
const afterSeptember = '2013-10-01T04:30:00Z';
const story = narrator();

const commands = commandsIn({
  repository,
  project,
  variables: {
    TIDEGATE_HOME: join(place, 'home'),
    // Virtual environments can be shared: they are found by the digest of their lock. Everything else starts empty.
    TIDEGATE_VIRTUAL_ENVIRONMENTS:
      process.env['TIDEGATE_VIRTUAL_ENVIRONMENTS'] ??
      join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate', 'virtual-environments'),
  },
});

await startAfresh();
try {
  await firstRun();
  await nothingChanged();
  await badData();
  await goodData();
  await worseModels();
  await finish();
} catch (error) {
  if (!commands.interrupted()) throw error;
  console.log('\nStopped. The next `npm run demo` starts afresh and clears away what this one left.');
  process.exitCode = 130;
} finally {
  if (!keep) await commands.tidegate(['stop'], { quiet: true });
}

/** Clears away what an earlier, perhaps interrupted demo left, and makes a project with one commit. */
async function startAfresh(): Promise<void> {
  if (existsSync(join(project, 'tidegate.yaml'))) await commands.tidegate(['stop'], { quiet: true });
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  await cp(example, project, {
    recursive: true,
    filter: (path) => !/\/(data|build|models|reports|__pycache__|\.pytest_cache)$/.test(path),
  });
  await commands.git(['init', '--quiet', '--initial-branch', 'main']);
  await commit('Predict whether a flight arrives more than 15 minutes late');
}

async function firstRun(): Promise<void> {
  story.act(1, 'First run', 'Data of January to August becomes a model in production.');
  await commands.tidegate(['exec', '--', 'python', 'prepare_data.py', '--months', '2013-01', '2013-08']);
  await runToProduction();
  await ask('production answers', afterAugust);
}

async function nothingChanged(): Promise<void> {
  story.act(2, 'Nothing changed', 'The same command again.');
  const { durationMs } = await runToProduction();
  story.say(`The command took ${Math.round(durationMs)} ms from start to end.`);
}

async function badData(): Promise<void> {
  story.act(3, 'Bad data', 'September arrives, with faults planted by a seeded generator.');
  await commands.tidegate(['exec', '--', 'python', 'prepare_data.py', '--months', '2013-09']);
  await commands.tidegate([
    'exec',
    '--',
    'python',
    join(import.meta.dirname, 'plant_faults.py'),
    '--flights',
    'data/flights',
    '--month',
    '2013-09',
    '--seed',
    '7',
  ]);
  await runToProduction();
  await ask('production goes on answering, with the release from before', afterAugust);
}

async function goodData(): Promise<void> {
  story.act(4, 'Good data', 'September arrives again, clean.');
  await rm(join(project, 'data/flights/2013-09.parquet'));
  await commands.tidegate(['exec', '--', 'python', 'prepare_data.py', '--months', '2013-09']);
  await runToProduction();
  await ask('production answers', afterSeptember);
}

async function worseModels(): Promise<void> {
  story.act(5, 'A worse model, and one that sees the future', 'Two commits that the gate has to judge.');
  await change('without-rolling-delays', 'Drop the rolling delays');
  await change('leaks-arrival-delay', 'Use the arrival delay as a feature');
  await ask('production goes on answering', afterSeptember);
}

async function change(name: string, subject: string): Promise<void> {
  const before = (await commands.git(['rev-parse', 'HEAD'])).trim();
  await cp(join(changes, name), project, { recursive: true });
  await commit(subject);
  await runToProduction();
  await commands.git(['reset', '--quiet', '--hard', before]);
}

async function finish(): Promise<void> {
  const report = join(repository, 'build/demo/story.html');
  await mkdir(join(repository, 'build/demo'), { recursive: true });
  await commands.tidegate(['report', '--all', '--output', report]);
  story.end({ report, address: keep ? await address() : null, project, variables: commands.variables });
}

/** One run to production; the lock it moved is committed, as a person would. */
async function runToProduction(): ReturnType<Commands['tidegate']> {
  const result = await commands.tidegate(['run', '--to', 'production']);
  story.took(result.durationMs, result.code);
  if ((await commands.git(['status', '--porcelain', 'tidegate.lock'])).trim() !== '')
    await commit('Pin the data this run has passed with', ['tidegate.lock']);
  return result;
}

async function commit(subject: string, paths: readonly string[] = ['.']): Promise<void> {
  await commands.git(['add', '--', ...paths]);
  await commands.git(['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', 'commit', '--quiet', '--message', subject]);
}

/** Where production answers, as `tidegate status` says; null when nothing is live there. */
async function address(): Promise<string | null> {
  const { stdout } = await commands.tidegate(['status', '--json'], { quiet: true });
  const status = JSON.parse(stdout) as { environments: readonly { name: string; address: string | null }[] };
  return status.environments.find((one) => one.name === 'production')?.address ?? null;
}

/** Sends two rows as of a moment shortly after the newest data: an online store has the newest values, not those of any earlier moment. */
async function ask(what: string, at: string): Promise<void> {
  const base = await address();
  if (base === null) return story.say('Nothing is live in production, so there is nobody to ask.');
  const rows = [
    { origin: 'EWR', tailnum: 'N14228', carrier: 'UA', dest: 'IAH', hour: 18, weekday: 5, month: 8, distance: 1400 },
    { origin: 'JFK', tailnum: 'N804JB', carrier: 'B6', dest: 'BQN', hour: 6, weekday: 2, month: 8, distance: 1576 },
  ];
  const body = JSON.stringify({ at, rows });
  const answer = await fetch(`${base}/v1/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  story.say(`${what}: POST ${base}/v1/predict`);
  story.quote(body);
  story.quote(`${answer.status} ${(await answer.text()).trim()}`);
}
