import { judgeLive, type LiveOptions, normalQuantile, type SeededRandom } from '@tidegate/runtime';

/** Two arms of a live service that are looked at again and again. */
export interface LiveWorld {
  /** Share of outcomes that are right, of each. */
  readonly champion: number;
  readonly candidate: number;
  /** Outcomes of each arm between two looks. */
  readonly step: number;
  readonly looks: number;
}

/** Whether each was ever said at any look, of one course of events. */
export interface EverSaid {
  readonly pass: boolean;
  readonly fail: boolean;
  readonly invalid: boolean;
  /** A two-sided z test at 5 %, as if there were no look but this. */
  readonly zTest: boolean;
  /** Outcomes of each arm at the first look that passed or failed; null when none did. */
  readonly decidedAt: number | null;
}

/** Follows one course of events to its end, also after a verdict: "ever" means at any of the looks. */
export function lookAgainAndAgain(world: LiveWorld, options: LiveOptions, random: SeededRandom): EverSaid {
  const ever = { pass: false, fail: false, invalid: false, zTest: false };
  let [own, others] = [0, 0];
  let decidedAt: number | null = null;
  for (let look = 1; look <= world.looks; look++) {
    const rows = look * world.step;
    own += draw(world.step, world.candidate, random);
    others += draw(world.step, world.champion, random);
    const { verdict } = judgeLive(armOf(rows, own), armOf(rows, others), options);
    if (verdict !== 'inconclusive') ever[verdict] = true;
    if (verdict === 'pass' || verdict === 'fail') decidedAt ??= rows;
    if (Math.abs(zOf(rows, own, others)) > zAt5Percent) ever.zTest = true;
  }
  return { ...ever, decidedAt };
}

const zAt5Percent = normalQuantile(0.975);

function zOf(rows: number, own: number, others: number): number {
  const pooled = (own + others) / (2 * rows);
  return (own - others) / rows / Math.sqrt((2 * pooled * (1 - pooled)) / rows);
}

function armOf(rows: number, right: number): Parameters<typeof judgeLive>[0] {
  return { rows, sum: right, squares: right, unlabelled: 0, young: 0 };
}

function draw(rows: number, share: number, random: SeededRandom): number {
  let right = 0;
  for (let row = 0; row < rows; row++) if (random.unit() < share) right++;
  return right;
}
