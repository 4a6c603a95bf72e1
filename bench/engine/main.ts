import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { efficiencyOf, efficiencyOfShells } from './efficiency.ts';
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
 * `node bench/engine/main.ts [--peers make,DVC] [--rounds 1] [--installed FOLDER]` prints the tables that are committed as RESULTS.md, in twenty
 * minutes: a chain and a fan of 1,000 steps by every tool, cut at a limit that is printed, other shapes by Tidegate, and how well two processors are kept
 * busy. `--sizes 10,100` and `--shapes chain,ml` give other graphs to every tool instead, `--asleep` alone only how well processors are kept busy.
 * Peers are installed into FOLDER and found there again.
 */
const { values } = parseArgs({
  options: {
    sizes: { type: 'string' },
    shapes: { type: 'string' },
    peers: { type: 'string', default: '' },
    rounds: { type: 'string', default: '1' },
    asleep: { type: 'boolean', default: false },
    installed: { type: 'string', default: join(tmpdir(), 'tidegate-bench-peers') },
  },
});
const isWhole = values.sizes === undefined && values.shapes === undefined && !values.asleep;
const all: readonly Peer[] = [tidegate, tidegateInSandbox, make, ninja, doit, scons, snakemake, wireit, dvc];
const wanted = values.peers.split(',');
const place = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
mkdirSync(values.installed, { recursive: true });
try {
  const peers = await installAll(all.filter(({ name }) => wanted.some((part) => name.toLowerCase().includes(part.toLowerCase()))));
  console.log(machineWords(peers));
  for (const { shape, size, among } of graphs()) await measure(peers.filter(among), shape, size);
  if (values.asleep || isWhole) await measureEfficiency(peers);
} finally {
  rmSync(place, { recursive: true, force: true });
}

interface Wanted {
  readonly shape: Shape;
  readonly size: number;
  readonly among: (peer: Peer) => boolean;
}

function graphs(): readonly Wanted[] {
  const everybody = (): boolean => true;
  const alone = ({ name }: Peer): boolean => name === tidegate.name;
  if (isWhole)
    return [
      ...(['chain', 'fan'] as const).map((shape) => ({ shape, size: 1_000, among: everybody })),
      ...(['layers', 'ml'] as const).flatMap((shape) => [100, 1_000].map((size) => ({ shape, size, among: alone }))),
    ];
  if (values.sizes === undefined && values.shapes === undefined) return [];
  const { sizes = '10,100,1000', shapes: named = shapes.join(',') } = values;
  const wantedShapes = shapes.filter((shape) => named.split(',').includes(shape));
  return sizes.split(',').flatMap((size) => wantedShapes.map((shape) => ({ shape, size: Number(size), among: everybody })));
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
  const named = ['tidegate', 'make', 'ninja', 'scons'];
  const able = peers.filter(({ name }) => named.some((part) => name.toLowerCase().startsWith(part)));
  const lengths = [200, 1_000];
  console.log(
    `\n### Steps asleep for 0.1 s, two at once: of the time of two processors\n\n| tool | ${lengths.map((steps) => `${steps} steps`).join(' | ')} |`,
  );
  console.log(`|---|${'---|'.repeat(lengths.length)}`);
  console.log(await row('two shells, no tool', (steps) => efficiencyOfShells(place, steps)));
  for (const peer of able) console.log(await row(peer.name, (steps) => efficiencyOf(place, peer, steps, Number(values.rounds))));

  async function row(name: string, efficiency: (steps: number) => Promise<number>): Promise<string> {
    const cells: string[] = [];
    for (const steps of lengths) cells.push(`${((await efficiency(steps)) * 100).toFixed(1)} %`);
    return `| ${name} | ${cells.join(' | ')} |`;
  }
}
