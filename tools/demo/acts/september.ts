import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAugust, afterSeptember, ask, runToProduction } from '../project.ts';
import type { Stage } from '../stage.ts';

/** September as its source showed it at the end of the month: the last flights are still in the air. */
const prepare = ['python', 'prepare_data.py', '--months', '2013-09', '--as-of', afterSeptember] as const;

export async function badData(stage: Stage): Promise<void> {
  stage.story.act(3, 'Bad data', 'September arrives, with faults planted by a seeded generator.');
  await stage.commands.exec(prepare);
  const planter = resolve(import.meta.dirname, '../plant_faults.py');
  await stage.commands.exec(['python', planter, '--flights', 'data/flights', '--month', '2013-09', '--seed', '7']);
  await runToProduction(stage);
  await ask(stage, 'production goes on answering, with the release from before', afterAugust);
}

export async function goodData(stage: Stage): Promise<void> {
  stage.story.act(4, 'Good data', 'September arrives again, clean.');
  await rm(join(stage.project, 'data/flights/2013-09.parquet'));
  await stage.commands.exec(prepare);
  await runToProduction(stage);
  await ask(stage, 'production answers', afterSeptember);
}
