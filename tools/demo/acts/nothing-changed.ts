import { runToProduction } from '../project.ts';
import type { Stage } from '../stage.ts';

export async function nothingChanged(stage: Stage): Promise<void> {
  stage.story.act(2, 'Nothing changed', 'The same command again.');
  const { durationMs } = await runToProduction(stage);
  stage.story.say(`The command took ${Math.round(durationMs)} ms from start to end.`);
}
