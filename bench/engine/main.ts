import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { efficiencyOf } from './efficiency.ts';
import { graphOf, type Shape, shapes } from './graph.ts';
import type { Installed, Peer } from './peer.ts';
import { doit } from './peers/doit.ts';
import { dvc } from './peers/dvc.ts';
import { make } from './peers/make.ts';
import { ninja } from './peers/ninja.ts';
import { scons } from './peers/scons.ts';
import { snakemake } from './peers/snakemake.ts';
import { tidegate, tidegateInSandbox } from './peers/tidegate.ts';
import { wireit } from './peers/wireit.ts';
import { makeProject } from './project.ts';
import { type Outcome, playScenarios } from './scenarios.ts';
import { type Measured, median, tableOf } from './tables.ts';

/**
 * What the engine costs by itself, beside others: trivial steps in several shapes and sizes, each tool in turn, round after round.
 * `node bench/engine/main.ts [--sizes 10,100,1000] [--shapes chain,fan,layers,ml] [--peers make,DVC] [--rounds 3] [--asleep] [--installed FOLDER]`
 * prints the tables that are committed as RESULTS.md; `--asleep` also how well two processors are kept busy. A size of 10,000 takes an hour. Peers are installed into FOLDER and found there again.
 */
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10,100,1000' },
    shapes: { type: 'string', default: shapes.join(',') },
    peers: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
    asleep: { type: 'boolean', default: false },
    installed: { type: 'string', default: join(tmpdir(), 'tidegate-bench-peers') },
  },
});
const all: readonly Peer[] = [tidegate, tidegateInSandbox, make, ninja, doit, scons, snakemake, wireit, dvc];
const wanted = values.peers.split(',');
const place = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
mkdirSync(values.installed, { recursive: true });
try {
  const peers = await installAll(all.filter(({ name }) => wanted.some((part) => name.toLowerCase().includes(part.toLowerCase()))));
  console.log(machineWords(peers));
  for (const size of values.sizes.split(',').map(Number))
    for (const shape of shapes.filter((candidate) => values.shapes.split(',').includes(candidate))) await measure(peers, shape, size);
  if (values.asleep) await measureEfficiency(peers);
} finally {
  rmSync(place, { recursive: true, force: true });
}

type InstalledPeer = Peer & { readonly installed: Installed };

async function installAll(peers: readonly Peer[]): Promise<readonly InstalledPeer[]> {
  const found: InstalledPeer[] = [];
  for (const peer of peers) {
    const installed = await peer.install(values.installed);
    if (installed === null) console.error(`${peer.name} is left out: this machine does not have it`);
    else found.push({ ...peer, installed });
  }
  return found;
}

function machineWords(peers: readonly InstalledPeer[]): string {
  const versions = peers.map(({ name, installed }) => `${name} ${installed.version}`).join(', ');
  return `${versions}. Linux ${release()}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.versions.node}; medians of ${values.rounds} rounds.`;
}

/** Tool after tool in each round, so that what else the machine does hits all of them. */
async function measure(peers: readonly InstalledPeer[], shape: Shape, size: number): Promise<void> {
  const graph = graphOf(shape, size);
  const able = peers.filter((peer) => size <= peer.mostSteps(shape));
  const rounds = new Map<string, (readonly Outcome[])[]>(able.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const peer of able) {
      const folder = mkdtempSync(join(place, 'project-'));
      rounds
        .get(peer.name)
        ?.push(await playScenarios(peer, (name) => makeProject(join(folder, name), { peer, installed: peer.installed, graph })));
      rmSync(folder, { recursive: true, force: true });
    }
  const measured = able.map(({ name }): Measured => ({ name, shape, steps: size, rounds: rounds.get(name) ?? [] }));
  const restart = measured[0] === undefined ? Number.NaN : median(measured[0], 'crash', ({ beganSeconds }) => beganSeconds ?? Number.NaN);
  console.log(`\n### ${shape}, ${size} steps\n\n${tableOf(measured)}\n`);
  console.log(
    `Load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(
        ' ',
      )}${Number.isNaN(restart) ? '' : `; ${measured[0]?.name ?? ''} began its first step ${restart.toFixed(2)} s after the restart`}.`,
  );
}

async function measureEfficiency(peers: readonly InstalledPeer[]): Promise<void> {
  console.log('\n### 100 steps asleep for 0.1 s, two at once\n\n| tool | of the time of two processors |\n|---|---|');
  for (const peer of peers) {
    const efficiency = await efficiencyOf(place, peer, Number(values.rounds));
    console.log(`| ${peer.name} | ${(efficiency * 100).toFixed(1)} % |`);
  }
}
