import { afterAugust, ask, runToProduction } from '../project.ts';
import type { Stage } from '../stage.ts';

export async function firstRun(stage: Stage): Promise<void> {
  stage.story.act(1, 'First run', 'Data of January to August becomes a model in production.');
  await stage.commands.exec(['python', 'prepare_data.py', '--months', '2013-01', '2013-08']);
  await runToProduction(stage);
  await ask(stage, 'production answers', afterAugust);
}
