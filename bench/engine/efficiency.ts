import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph } from './graph.ts';
import type { Installed, Peer } from './peer.ts';
import { makeProject } from './project.ts';
import { treeUsage } from './usage.ts';

type InstalledPeer = Peer & { readonly installed: Installed };

/**
 * How much of two processors' time was spent asleep in so many steps, which is what they are there for: 1 is all of it. The steps write a file and sleep
 * 0.1 s, two at once, as every tool here is called; one more joins them. Median of the rounds, after a run of one step that is not counted: tools in
 * Python and in Node keep what they have compiled of themselves when they run for the first time.
 */
export async function efficiencyOf(place: string, peer: InstalledPeer, steps: number, rounds: number): Promise<number> {
  await secondsOf(place, peer, asleep(1));
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) found.push((steps * 0.1) / (2 * (await secondsOf(place, peer, asleep(steps)))));
  return found.toSorted((a, b) => a - b)[Math.floor((rounds - 1) / 2)] ?? Number.NaN;
}

/** Wall time of a cold run, in a project and a home of its own. */
async function secondsOf(place: string, peer: InstalledPeer, graph: Graph): Promise<number> {
  const folder = mkdtempSync(join(place, 'asleep-'));
  const { code, output, wallSeconds } = await makeProject(join(folder, 'project'), { peer, installed: peer.installed, graph }).run();
  if (code !== 0) throw new Error(`${peer.name} ended with ${code}:\n${output}`);
  rmSync(folder, { recursive: true, force: true });
  return wallSeconds;
}

/** The same for commands that nobody keeps anything of: what of it the commands themselves leave, two shells at a time. */
export async function efficiencyOfShells(place: string, steps: number): Promise<number> {
  const folder = mkdtempSync(join(place, 'asleep-'));
  writeFileSync(join(folder, script), text);
  mkdirSync(join(folder, 'out'));
  const line = `seq ${steps} | xargs -P 2 -I N sh ${script} out/N.txt`;
  const { wallSeconds } = await treeUsage(['sh', '-c', line], { cwd: folder, env: process.env });
  return (steps * 0.1) / (2 * wallSeconds);
}

const script = 'asleep.sh';
const text = ': > "$1"; exec sleep 0.1\n';

function asleep(steps: number): Graph {
  const outputs = Array.from({ length: steps }, (_, index) => `out/s${index}.txt`);
  return {
    shape: 'fan',
    files: { [script]: text },
    steps: [
      ...outputs.map((output, index) => ({ name: `s${index}`, inputs: [script], output, argv: ['sh', script, output] })),
      { name: 'join', inputs: [script, ...outputs], output: 'out/join.txt', argv: ['cp', script, 'out/join.txt'] },
    ],
  };
}
