import { type GoingOn, streamBody } from '../going-on.ts';
import type { Stage } from '../stage.ts';
import { releasesWords, startStream, streamWords } from '../stream.ts';

/** @param explained id of a prediction of act 6 */
export async function backAndWhy(stage: Stage, { address }: GoingOn, explained: string | null): Promise<void> {
  const { story, commands } = stage;
  story.act(
    8,
    'Back, and why',
    'The release before comes back with one command while requests go on, and one answer of act 6 is explained.',
  );
  const stream = startStream(address, streamBody);
  await stream.more(100);
  const { durationMs, code } = await commands.tidegate(['rollback', 'production', '--reason', 'to show that it can be done']);
  await stream.more(100);
  const figures = await stream.stop();
  story.say(`The roll-back took ${Math.round(durationMs)} ms from start to end and ended with exit code ${code}.`);
  story.say(`Meanwhile ${streamWords(figures)}. ${releasesWords(figures)}.`);
  if (explained === null) return story.say('No prediction was made in act 6, so there is none to explain.');
  await commands.tidegate(['explain', explained]);
}
