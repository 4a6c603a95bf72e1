import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph } from './graph.ts';
import type { Installed, Peer } from './peer.ts';
import { makeProject } from './project.ts';

/** Steps that sleep 0.1 s and write a file; two at once, as every tool here is called. */
const steps = 100;

/** How much of two processors' time was spent asleep in steps, which is what they are there for: 1 is all of it. Median of the rounds. */
export async function efficiencyOf(place: string, peer: Peer & { readonly installed: Installed }, rounds: number): Promise<number> {
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(place, 'asleep-'));
    const { code, output, wallSeconds } = await makeProject(join(folder, 'project'), {
      peer,
      installed: peer.installed,
      graph: asleep,
    }).run();
    if (code !== 0) throw new Error(`${peer.name} ended with ${code}:\n${output}`);
    found.push((steps * 0.1) / (2 * wallSeconds));
    rmSync(folder, { recursive: true, force: true });
  }
  return found.toSorted((a, b) => a - b)[Math.floor((rounds - 1) / 2)] ?? Number.NaN;
}

const script = 'asleep.sh';

const asleep: Graph = {
  shape: 'fan',
  files: { [script]: ': > "$1"; sleep 0.1\n' },
  steps: Array.from({ length: steps }, (_, index) => {
    const output = `out/s${index}.txt`;
    const joined = index < steps - 1 ? [] : Array.from({ length: index }, (__, other) => `out/s${other}.txt`);
    return { name: `s${index}`, inputs: [script, ...joined], output, argv: ['sh', script, output] };
  }),
};
