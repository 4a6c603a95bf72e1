import { setTimeout as sleep } from 'node:timers/promises';
import type { Peer } from './peer.ts';
import type { MeasuredProject } from './project.ts';
import type { Usage } from './usage.ts';

/** What one tool did in one scenario. */
export interface Outcome extends Pick<Usage, 'wallSeconds' | 'cpuSeconds' | 'peakBytes' | 'beganSeconds'> {
  readonly scenario: Scenario;
  readonly ran: number;
  /** What went wrong; null when it ended with 0 and every output is right. */
  readonly wrong: string | null;
}

export const scenarios = ['cold', 'no-op', 'touch', 'leaf', 'comment', 'deleted', 'crash'] as const;
export type Scenario = (typeof scenarios)[number];

/** Longer than the clock of a file system stands still. */
const tickMs = 50;

/** A tool that takes longer than this, in seconds, from nothing and with nothing to do together, is asked no more: the rest would take minutes. */
const patienceSeconds = 20;
const usualLimitSeconds = 60;

/**
 * From nothing; nothing to do; a file touched; a leaf changed; the root changed with the same output; all outputs deleted; killed half-way. Where the
 * first does not come to its end, it is the only one.
 */
export async function playScenarios(peer: Peer, make: (name: string) => MeasuredProject): Promise<readonly Outcome[]> {
  const project = make('steady');
  const outcomes: Outcome[] = [];
  const play = async (scenario: Scenario, change: () => void = () => {}): Promise<Outcome> => {
    await sleep(tickMs); // so that what changes is younger than what was made, for tools that compare times
    change();
    const outcome = outcomeOf(peer, project, { scenario, usage: await project.run({ killAfterSeconds: limitOf(peer) }) });
    outcomes.push(outcome);
    return outcome;
  };
  const cold = await play('cold');
  if (cold.wrong !== null) return outcomes;
  await project.run(); // the first run after may still learn what the next one knows
  const idle = await play('no-op');
  if (cold.wallSeconds + idle.wallSeconds > patienceSeconds) return outcomes;
  await play('touch', project.touchSource);
  await play('leaf', project.changeLeaf);
  await play('comment', project.changeComment);
  await play('deleted', project.deleteOutputs);
  return [...outcomes, await crash(peer, make('killed'), cold.wallSeconds / 2)];
}

/** Killed with everything that is in its process group, then called again as if nothing had been. */
async function crash(peer: Peer, project: MeasuredProject, killAfterSeconds: number): Promise<Outcome> {
  await project.run({ killAfterSeconds });
  return outcomeOf(peer, project, { scenario: 'crash', usage: await project.run() });
}

const limitOf = ({ limitSeconds = usualLimitSeconds }: Peer): number => limitSeconds;

function outcomeOf(
  peer: Peer,
  project: MeasuredProject,
  { scenario, usage }: { readonly scenario: Scenario; readonly usage: Usage },
): Outcome {
  const { code, output, wallSeconds, cpuSeconds, peakBytes, beganSeconds } = usage;
  const wrongOutputs = project.wrongOutputs();
  const isCut = code === null && wallSeconds >= limitOf(peer);
  const cut = `cut: ${project.steps - wrongOutputs} of ${project.steps} after ${limitOf(peer)} s`;
  const wrong = isCut ? cut : code !== 0 ? `exit ${code ?? 'by a signal'}` : wrongOutputs > 0 ? `${wrongOutputs} outputs wrong` : null;
  return { scenario, wallSeconds, cpuSeconds, peakBytes, beganSeconds, ran: peer.ran(output), wrong };
}
