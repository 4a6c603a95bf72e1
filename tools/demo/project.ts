import type { Commands } from './commands.ts';
import type { Stage } from './stage.ts';

/** Moments shortly after the newest data: an online store has the newest values, not those of any earlier moment. */
export const afterAugust = '2013-09-01T04:30:00Z';
export const afterSeptember = '2013-10-01T04:00:00Z';

export const exampleRows = [
  { origin: 'EWR', tailnum: 'N14228', carrier: 'UA', dest: 'IAH', hour: 18, weekday: 5, month: 8, distance: 1400 },
  { origin: 'JFK', tailnum: 'N804JB', carrier: 'B6', dest: 'BQN', hour: 6, weekday: 2, month: 8, distance: 1576 },
] as const;

/** One run to production; the lock it moved is committed, as a person would. */
export async function runToProduction(stage: Stage): ReturnType<Commands['tidegate']> {
  const { commands, story } = stage;
  const result = await commands.tidegate(['run', '--to', 'production']);
  story.took(result.durationMs, result.code);
  if ((await commands.git(['status', '--porcelain', 'tidegate.lock'])).trim() !== '')
    await commit(stage, 'Pin the data this run has passed with', ['tidegate.lock']);
  return result;
}

export async function commit({ commands }: Stage, subject: string, paths: readonly string[] = ['.']): Promise<void> {
  await commands.git(['add', '--', ...paths]);
  await commands.git(['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', 'commit', '--quiet', '--message', subject]);
}

/** Where production answers, as `tidegate status` says; null when nothing is live there. */
export async function productionAddress({ commands }: Stage): Promise<string | null> {
  const status = JSON.parse(await commands.json(['status'])) as { environments: readonly { name: string; address: string | null }[] };
  return status.environments.find((one) => one.name === 'production')?.address ?? null;
}

/** Sends two rows as of a moment, and shows what comes back. */
export async function ask(stage: Stage, what: string, at: string): Promise<void> {
  const { story } = stage;
  const base = await productionAddress(stage);
  if (base === null) return story.say('Nothing is live in production, so there is nobody to ask.');
  const body = JSON.stringify({ at, rows: exampleRows });
  const answer = await fetch(`${base}/v1/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  story.say(`${what}: POST ${base}/v1/predict`);
  story.quote(body);
  story.quote(`${answer.status} ${(await answer.text()).trim()}`);
}
