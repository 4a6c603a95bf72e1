import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { tryLock } from '@tidegate/runtime';
import { type Commands, commandsIn } from './commands.ts';
import { Interrupted, noteInterruption } from './interruption.ts';
import { narrator } from './narrator.ts';

/**
 * The story of the README on real data, through the `tidegate` command alone: this script copies files, commits, sends
 * requests and reads what the command says. No outcome is fixed in it. `--keep` leaves everything up at the end.
 */
const repository = resolve(import.meta.dirname, '../..');
const example = join(repository, 'examples/flight-delays');
const changes = join(import.meta.dirname, 'changes');
const report = join(repository, 'build/demo/story.html');
const place = join(tmpdir(), `tidegate-demo-${userInfo().username}`);
const project = join(place, 'flight-delays');
const { keep } = parseArgs({ options: { keep: { type: 'boolean', default: process.env['npm_config_keep'] === 'true' } } }).values; // without `--` npm takes the option
const afterAugust = '2013-09-01T04:30:00Z';
const afterSeptember = '2013-10-01T04:30:00Z';
const rows = [
  { origin: 'EWR', tailnum: 'N14228', carrier: 'UA', dest: 'IAH', hour: 18, weekday: 5, month: 8, distance: 1400 },
  { origin: 'JFK', tailnum: 'N804JB', carrier: 'B6', dest: 'BQN', hour: 6, weekday: 2, month: 8, distance: 1576 },
];
const story = narrator();

const variables = {
  TIDEGATE_HOME: join(place, 'home'),
  // Virtual environments can be shared: they are found by the digest of their lock. Everything else starts empty.
  TIDEGATE_VIRTUAL_ENVIRONMENTS:
    process.env['TIDEGATE_VIRTUAL_ENVIRONMENTS'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate', 'virtual-environments'),
};
const interruption = noteInterruption();
const commands = commandsIn({ repository, project, variables }, interruption);

using lock = tryLock(`${place}.lock`);
process.exitCode = lock === null ? tellOfAnother() : await demo();

/** @returns the exit code */
async function demo(): Promise<number> {
  let leaveUp = false;
  try {
    await startAfresh();
    await firstRun();
    await nothingChanged();
    await badData();
    await goodData();
    await worseModels();
    await finish();
    leaveUp = keep;
    return 0;
  } catch (error) {
    return tellWhy(error);
  } finally {
    if (!leaveUp) await clearUp();
  }
}

function tellOfAnother(): number {
  console.error(`Cannot start: another demo of yours uses ${place}. Wait until it has ended.`);
  return 1;
}

function tellWhy(error: unknown): number {
  if (error instanceof Interrupted) return 130;
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  return 1;
}

/** Ends what is up. What is on the disk stays: the next start clears it away. */
async function clearUp(): Promise<void> {
  if (!existsSync(join(project, 'tidegate.yaml'))) return;
  const { code, stderr } = await commands.stop();
  console.log(
    code === 0
      ? `\nNothing is up any more. What it wrote is in ${place}; the next "npm run demo" clears that away and starts afresh.`
      : `\nSomething may still be up: "tidegate stop" ended with ${code}; the next "npm run demo" tries again. If it cannot either, end the processes of ${place} and delete that folder.\n${stderr}`,
  );
}

/** Ends and clears away what an earlier demo left, interrupted, killed or kept, and makes a project with one commit. */
async function startAfresh(): Promise<void> {
  if (existsSync(join(project, 'tidegate.yaml'))) await endEarlier();
  await clearAway();
  await copyExample();
  await commands.git(['init', '--quiet', '--initial-branch', 'main']);
  await commit('Predict whether a flight arrives more than 15 minutes late');
}

async function endEarlier(): Promise<void> {
  const { code, stdout } = await commands.stop();
  interruption.check();
  if (code !== 0) throw new Error(`Cannot clear away what an earlier demo left in ${place}`);
  story.say(`Cleared away what an earlier demo left. ${stdout.trim()}`);
}

/** Renames first: a start that is killed here must not leave half a project, which could not be opened any more. */
async function clearAway(): Promise<void> {
  await rm(report, { force: true });
  const gone = `${place}.gone`;
  await rm(gone, { recursive: true, force: true });
  if (existsSync(place)) await rename(place, gone);
  await rm(gone, { recursive: true, force: true });
}

async function copyExample(): Promise<void> {
  const copy = `${project}.new`;
  const filter = (path: string): boolean => !/\/(data|build|models|reports|__pycache__|\.pytest_cache)$/.test(path);
  await cp(example, copy, { recursive: true, filter });
  await rename(copy, project);
}

async function firstRun(): Promise<void> {
  story.act(1, 'First run', 'Data of January to August becomes a model in production.');
  await commands.exec(['python', 'prepare_data.py', '--months', '2013-01', '2013-08']);
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
  await commands.exec(['python', 'prepare_data.py', '--months', '2013-09']);
  const planter = join(import.meta.dirname, 'plant_faults.py');
  await commands.exec(['python', planter, '--flights', 'data/flights', '--month', '2013-09', '--seed', '7']);
  await runToProduction();
  await ask('production goes on answering, with the release from before', afterAugust);
}

async function goodData(): Promise<void> {
  story.act(4, 'Good data', 'September arrives again, clean.');
  await rm(join(project, 'data/flights/2013-09.parquet'));
  await commands.exec(['python', 'prepare_data.py', '--months', '2013-09']);
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
  await mkdir(join(repository, 'build/demo'), { recursive: true });
  await commands.tidegate(['report', '--all', '--output', report]);
  story.end(report);
  if (!keep) return;
  const base = await address();
  story.leaveUp({ base, project, body: JSON.stringify({ at: afterSeptember, rows: rows.slice(0, 1) }), line: commands.line });
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
  const status = JSON.parse(await commands.json(['status'])) as { environments: readonly { name: string; address: string | null }[] };
  return status.environments.find((one) => one.name === 'production')?.address ?? null;
}

/** Sends two rows as of a moment shortly after the newest data: an online store has the newest values, not those of any earlier moment. */
async function ask(what: string, at: string): Promise<void> {
  const base = await address();
  if (base === null) return story.say('Nothing is live in production, so there is nobody to ask.');
  const body = JSON.stringify({ at, rows });
  const answer = await fetch(`${base}/v1/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  story.say(`${what}: POST ${base}/v1/predict`);
  story.quote(body);
  story.quote(`${answer.status} ${(await answer.text()).trim()}`);
}
