import { join } from 'node:path';
import { endGoingOn, type GoingOn } from '../going-on.ts';
import { openPlayer, type Played } from '../player.ts';
import { afterSeptember, productionAddress } from '../project.ts';
import { tellPrometheus } from '../prometheus.ts';
import { prepareReplay, type Replay, setClock } from '../replay.ts';
import type { Stage } from '../stage.ts';
import { atRest, startUp } from '../up.ts';

/** The end of the three days: midnight in New York. */
export const afterThreeDays = '2013-10-04T04:00:00Z';

export interface Live {
  /** What goes on in the acts that follow; whoever gets it ends it. */
  readonly going: GoingOn;
  /** Id of the prediction that was surest of a delay; null when there was none. */
  readonly surest: string | null;
}

export async function live(stage: Stage): Promise<Live> {
  const { story, commands } = stage;
  story.act(6, 'Live', 'Three days of October are played hour by hour: data arrive, features are kept fresh, production is asked.');
  const replay = await prepareReplay(stage, 'live', { from: afterSeptember, to: afterThreeDays, hoursADay: null });
  await setClock(stage, afterSeptember);
  const address = await productionAddress(stage);
  if (address === null) throw new Error('Cannot go on: nothing is live in production');
  const up = await startUp(stage, (line) => !/Features|Pushed|Monitor/.test(line)); // told otherwise, or every hour
  const going: GoingOn = { up, address, player: openPlayer(stage, { up, address }) };
  try {
    await atRest(stage, up); // it has a look at the commit that is there
    await playDays(stage, going, replay);
    tellPlayed(stage, going.player.played());
    story.say('Batch: the same rows, as of the same moments, from the datasets. Is every answer the same?');
    const span = ['--since', afterSeptember, '--until', afterThreeDays];
    await commands.tidegate(['score', '--replay', 'production', ...span, '--receipt', parityFile(stage)]);
    await tellPrometheus(stage, address);
    return { going, surest: surestOf(going.player.played()) };
  } catch (error) {
    await endGoingOn(going);
    throw error;
  }
}

/** Where the comparison of online and batch is kept for the report. */
export function parityFile({ place }: Stage): string {
  return join(place, 'parity.json');
}

function surestOf({ predictions }: Played): string | null {
  const [surest] = [...predictions.values()].toSorted((a, b) => b.prediction - a.prediction);
  return surest?.id ?? null;
}

async function playDays({ story }: Stage, { player }: GoingOn, replay: Replay): Promise<void> {
  story.say(
    `Each hour: the clock moves, flights are shown as the source did, weather is pushed, the flights that leave an hour later are asked about.`,
  );
  for (const [index, step] of replay.steps.entries()) {
    await player.play(replay, step);
    if ((index + 1) % 12 === 0) story.quote(`${step.at}: ${player.played().answered.toLocaleString('en')} requests answered so far`);
  }
}

function tellPlayed({ story }: Stage, { steps, answered, failed, missing, oldest }: Played): void {
  const failures = Object.entries(failed).map(([how, times]) => `${times} ${how}`);
  story.say(
    `${steps} hours: ${answered.toLocaleString('en')} requests were answered, ${failures.length === 0 ? 'none failed' : `failed: ${failures.join(', ')}`}.`,
  );
  for (const [view, seconds] of Object.entries(oldest))
    story.quote(`${view}: the oldest value that was used was ${Math.round(seconds / 60)} minutes old`);
  for (const [what, times] of Object.entries(missing)) story.quote(`${what}: in ${times.toLocaleString('en')} answers`);
}
