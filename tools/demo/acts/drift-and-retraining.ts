import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PathEnded } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { type GoingOn, streamBody } from '../going-on.ts';
import { prepareReplay } from '../replay.ts';
import type { Stage } from '../stage.ts';
import { releasesWords, startStream, streamWords } from '../stream.ts';
import type { MonitorLook, Up, UpStatus } from '../up.ts';
import { afterThreeDays } from './live.ts';

const end = '2013-12-01T05:00:00Z';
const monitor = 'delay-api';
const drawnRows = 2_000;
const seed = 7;
/** Within this time `tidegate up` begins a training that is wanted. */
const beginMs = 20_000;
const weekMs = 7 * 24 * 3_600_000;

export async function driftAndRetraining(stage: Stage, going: GoingOn): Promise<void> {
  const { story } = stage;
  story.act(7, 'Drift and retraining', 'October and November go on, thinned and faster, and labels come in. A monitor looks once a week.');
  await tryUnchanged(stage);
  const replay = await prepareReplay(stage, 'later', { from: afterThreeDays, to: end, hoursADay: 1 });
  story.say(
    'Of each day one drawn hour is asked about; data stay whole. A label comes a day after landing, as a Parquet file with the id of its prediction.',
  );
  let seen = 0;
  for (const step of replay.steps) {
    await going.player.play(replay, step);
    const look = await lookOf(going, step.at);
    if (look === null || look.sequence === seen) continue;
    seen = look.sequence;
    await tellLook(stage, going, look);
  }
  const { answered, failed, labels } = going.player.played();
  story.say(
    `Until ${end.slice(0, 10)} ${answered.toLocaleString('en')} requests were answered, ${Object.keys(failed).length === 0 ? 'none failed' : `failed: ${JSON.stringify(failed)}`}, and ${labels.toLocaleString('en')} of the predictions got a label.`,
  );
}

/** Rows drawn from the months that the live model was trained on, with their features as they were then: nothing has changed in them. */
async function tryUnchanged({ story, commands, place, project }: Stage): Promise<void> {
  await commands.tidegate(['features', 'get', 'delay']);
  const drawn = join(place, 'drawn.parquet');
  using engine = await openEngine({ threads: 1 });
  await engine.run(
    `COPY (SELECT * FROM read_parquet('${join(project, 'build/features/delay/train.parquet')}') USING SAMPLE reservoir(${drawnRows} ROWS) REPEATABLE (${seed})) TO '${drawn}' (FORMAT parquet)`,
  );
  story.say(
    `First what has not changed: ${drawnRows.toLocaleString('en')} rows, drawn with seed ${seed} from the months that the live model was trained on. Is the monitor calm?`,
  );
  await commands.tidegate(['monitors', 'try', monitor, '--rows', drawn]);
}

/** What the monitor found last: by itself, or because it is asked to, when it has not looked for a week. */
async function lookOf({ up }: GoingOn, at: string): Promise<MonitorLook | null> {
  const last = await lastLook(up);
  if (last !== null && Date.parse(at) - Date.parse(last.at) < weekMs) return last.at > afterThreeDays ? last : null;
  await up.post('/check', { monitors: [monitor] });
  return lastLook(up);
}

async function lastLook(up: Up): Promise<MonitorLook | null> {
  const { monitors } = await up.get<UpStatus>('/api/status');
  return monitors.find((one) => one.monitor === monitor)?.last ?? null;
}

/** Tells what the monitor found, and waits for the training that it asks for while requests go on. */
async function tellLook(stage: Stage, going: GoingOn, { at, parts, retrain }: MonitorLook): Promise<void> {
  const { story } = stage;
  story.say(
    `${at.slice(0, 16).replace('T', ' ')} UTC: the monitor has looked; ${going.player.played().labels.toLocaleString('en')} labels are in so far.`,
  );
  for (const { part, verdict, reason } of parts) story.quote(`${part}: ${verdict}: ${reason}`);
  if (retrain.heldBackBy !== null) story.quote(`no training: ${retrain.heldBackBy}`);
  if (!retrain.wanted) return;
  story.say('It asks for a training. Nobody presses a button; a constant stream of requests goes on.');
  const stream = startStream(going.address, streamBody);
  try {
    tellRetraining(stage, await retrained(stage, going));
    await stream.more(100);
  } finally {
    const figures = await stream.stop();
    story.say(`Meanwhile ${streamWords(figures)}. ${releasesWords(figures)}.`);
  }
}

/** How the way of the training along the path ended; null when none was begun. */
async function retrained({ interruption }: Stage, { up }: GoingOn): Promise<PathEnded | null> {
  const until = performance.now() + beginMs;
  for (;;) {
    interruption.check();
    const { change } = await up.get<UpStatus>('/api/status');
    const isTraining = change?.why.kind === 'monitor';
    if (isTraining && change.ended !== null) return change.ended;
    if (!isTraining && performance.now() > until) return null;
    await wait(250);
  }
}

function tellRetraining({ story }: Stage, ended: PathEnded | null): void {
  if (ended === null) return story.say('No training was begun: tidegate up had something else on its way.');
  const { outcome, verdict, failure, live, durationMs } = ended;
  const changed = live.filter((one) => one.changed).map((one) => one.environment);
  const result = changed.length > 0 ? `the new model is live in ${changed.join(' and ')}` : 'nothing changed';
  story.say(
    `The training ${outcome}, verdict ${verdict ?? 'none'}: ${result}, ${(durationMs / 1000).toFixed(1)} s after the monitor had fired.`,
  );
  if (failure !== null) story.quote(failure.message);
}
