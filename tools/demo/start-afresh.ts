import { existsSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { commit } from './project.ts';
import { example, report, type Stage } from './stage.ts';

/** Ends and clears away what an earlier demo left, interrupted, killed or kept, and makes a project with one commit. */
export async function startAfresh(stage: Stage): Promise<void> {
  if (existsSync(join(stage.project, 'tidegate.yaml'))) await endEarlier(stage);
  await clearAway(stage);
  await copyExample(stage);
  await stage.commands.git(['init', '--quiet', '--initial-branch', 'main']);
  await commit(stage, 'Predict whether a flight arrives more than 15 minutes late');
}

async function endEarlier(stage: Stage): Promise<void> {
  const { place, commands, story, interruption } = stage;
  await endWatching(stage);
  const { code, stdout } = await commands.stop();
  interruption.check();
  if (code !== 0) throw new Error(`Cannot clear away what an earlier demo left in ${place}`);
  story.say(`Cleared away what an earlier demo left. ${stdout.trim()}`);
}

/** A demo that was killed could not end its `tidegate up`. */
async function endWatching({ commands }: Stage): Promise<void> {
  for (;;) {
    const { up } = JSON.parse(await commands.json(['status'])) as { readonly up: { readonly pid: number } | null };
    if (up === null) return;
    process.kill(up.pid, 'SIGTERM');
    await wait(300);
  }
}

/** Renames first: a start that is killed here must not leave half a project, which could not be opened any more. */
async function clearAway({ place }: Stage): Promise<void> {
  await rm(report, { force: true });
  const gone = `${place}.gone`;
  await rm(gone, { recursive: true, force: true });
  if (existsSync(place)) await rename(place, gone);
  await rm(gone, { recursive: true, force: true });
}

async function copyExample({ project }: Stage): Promise<void> {
  const copy = `${project}.new`;
  const filter = (path: string): boolean => !/\/(data|build|models|reports|__pycache__|\.pytest_cache)$/.test(path);
  await cp(example, copy, { recursive: true, filter });
  await rename(copy, project);
}
