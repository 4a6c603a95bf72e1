import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterSeptember, ask, commit, runToProduction } from '../project.ts';
import type { Stage } from '../stage.ts';

export async function worseModels(stage: Stage): Promise<void> {
  stage.story.act(5, 'A worse model, and one that sees the future', 'Two commits that the gate has to judge.');
  await change(stage, 'without-rolling-delays', 'Drop the rolling delays');
  await change(stage, 'leaks-arrival-delay', 'Use the arrival delay as a feature');
  await ask(stage, 'production goes on answering', afterSeptember);
}

async function change(stage: Stage, name: string, subject: string): Promise<void> {
  const { commands, project } = stage;
  const before = (await commands.git(['rev-parse', 'HEAD'])).trim();
  await cp(resolve(import.meta.dirname, '../changes', name), project, { recursive: true });
  await commit(stage, subject);
  await runToProduction(stage);
  await commands.git(['reset', '--quiet', '--hard', before]);
}
