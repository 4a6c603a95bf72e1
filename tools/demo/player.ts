import { openCaller, type Prediction } from './ask-production.ts';
import { writeLabels } from './labels.ts';
import { replaceFlights, type Replay, type ReplayStep, setClock } from './replay.ts';
import type { Stage } from './stage.ts';
import type { Up } from './up.ts';

/** What was asked while time was played, and what came back. */
export interface Played {
  readonly steps: number;
  readonly answered: number;
  /** How requests failed, with how often. */
  readonly failed: { readonly [how: string]: number };
  /** Answers with a feature that had no value, by view and why. */
  readonly missing: { readonly [viewAndWhy: string]: number };
  /** By view: the largest age of a value that was used, in seconds. */
  readonly oldest: { readonly [view: string]: number };
  /** Predictions that got a label. */
  readonly labels: number;
  /** By flight. */
  readonly predictions: ReadonlyMap<string, Prediction>;
}

/** Plays steps of a replay with production. It can be asked to play further, and adds up. */
export interface Player {
  readonly play: (replay: Replay, step: ReplayStep) => Promise<void>;
  readonly played: () => Played;
  readonly close: () => void;
}

/** Requests that wait for an answer at a time. */
const atOnce = 8;

export function openPlayer(stage: Stage, { up, address }: { readonly up: Up; readonly address: string }): Player {
  const callers = Array.from({ length: atOnce }, () => openCaller(address));
  const predictions = new Map<string, Prediction>();
  const failed = new Map<string, number>();
  const missing = new Map<string, number>();
  const oldest = new Map<string, number>();
  let [steps, answered, labels] = [0, 0, 0];
  const count = (counts: Map<string, number>, what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const askFor = async (
    at: string,
    { flight_id, row }: ReplayStep['requests'][number],
    caller: (typeof callers)[number],
  ): Promise<void> => {
    const answer = await caller.ask({ at, rows: [row] }).catch((error: NodeJS.ErrnoException) => error);
    if (answer instanceof Error) return count(failed, answer.code ?? answer.message);
    const prediction = answer.predictions?.[0];
    if (prediction === undefined) return count(failed, `status ${answer.status}`);
    answered++;
    predictions.set(flight_id, prediction);
    const without = missingViews(prediction);
    for (const [view, why] of without) count(missing, `${view} ${why}`);
    for (const [view, age] of Object.entries(prediction.ages ?? {}))
      if (!without.has(view)) oldest.set(view, Math.max(age, oldest.get(view) ?? 0));
  };
  return {
    play: async (replay, step) => {
      stage.interruption.check();
      await setClock(stage, step.at);
      await replaceFlights(stage, replay, step);
      if (step.weather.length > 0) await up.post('/push', { dataset: 'weather', rows: step.weather });
      await up.post('/refresh', {});
      const waiting = [...step.requests];
      await Promise.all(
        callers.map(async (caller) => {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await askFor(step.at, next, caller);
        }),
      );
      labels += await writeLabels(stage, step, predictions);
      steps++;
    },
    played: () => ({
      steps,
      answered,
      labels,
      failed: Object.fromEntries(failed),
      missing: Object.fromEntries(missing),
      oldest: Object.fromEntries(oldest),
      predictions,
    }),
    close: () => callers.forEach((caller) => caller.close()),
  };
}

/** Views of which a feature was missing, with why: all features of a view are missing for one reason. A null in the data is a value. */
function missingViews({ features = {} }: Prediction): ReadonlyMap<string, string> {
  const found = Object.entries(features).filter(([, why]) => why !== 'NULL_VALUE');
  return new Map(found.map(([feature, why]) => [feature.slice(0, feature.indexOf('__')), why]));
}
