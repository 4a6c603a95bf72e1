import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadWords, machineWords } from '../machine.ts';
import { writeFirst } from '../byte-mode/tables.ts';
import { type Cost, playChanges, type VersionCost } from './changes-case.ts';
import type { Installed } from '../peer.ts';
import { playDepth } from './depth-case.ts';
import { playDifference } from './diff-case.ts';
import { peerStore, tablePeers } from './peer-stores.ts';
import { emptied, type TableStore, tidegateTables } from './table-store.ts';

/**
 * What versions of a table cost that is kept by its rows: new bytes and time after each of eight changes, beside tools that keep files (`changes`); reading a version that lies
 * 20 deltas deep, beside a plain copy (`depth`); and the difference of two versions by rows (`diff`).
 * `node bench/data/tables/main.ts [--cases changes,depth,diff] [--rows 200000] [--peers restic,borg] [--folder FOLDER] [--installed FOLDER]`; the whole form is
 * `--rows 14000000 --depth-rows 2000000 --diff-rows 10000000 --rounds 3`: 14,000,000 rows are 1.2 GB.
 */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: 'changes,depth,diff' },
    rows: { type: 'string', default: '200000' },
    'depth-rows': { type: 'string', default: '200000' },
    'diff-rows': { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '1' },
    peers: { type: 'string', default: 'restic,borg,git-lfs,DVC,Oxen' },
    folder: { type: 'string', default: tmpdir() },
    installed: { type: 'string', default: join(tmpdir(), 'tidegate-bench-peers') },
  },
});
const cases = new Set(values.cases.split(','));
const wanted = values.peers.toLowerCase().split(',');
const place = mkdtempSync(join(values.folder, 'tidegate-bench-tables-'));
mkdirSync(values.installed, { recursive: true });
try {
  const peers = cases.has('changes') ? await installAll() : new Map<string, Installed>();
  console.log(machineWords(new Map<string, Pick<Installed, 'version'>>([['Tidegate', { version: 'of this checkout' }], ...peers])));
  if (cases.has('changes')) await measureChanges(Number(values.rows), peers);
  if (cases.has('depth')) await measureDepth(Number(values['depth-rows']));
  if (cases.has('diff')) await measureDifference(Number(values['diff-rows']));
  console.log(`\n${loadWords()}`);
} finally {
  rmSync(place, { recursive: true, force: true });
}

async function installAll(): Promise<ReadonlyMap<string, Installed>> {
  const found = new Map<string, Installed>();
  for (const { peer } of tablePeers.filter(({ peer: { name } }) => wanted.includes(name.toLowerCase()))) {
    const installed = await peer.install(values.installed);
    if (typeof installed === 'string') console.log(`${peer.name} is left out: ${installed}.`);
    else found.set(peer.name, installed);
  }
  return found;
}

/** Tool after tool, so that only one of them has its versions on the disk. */
async function measureChanges(rows: number, peers: ReadonlyMap<string, Installed>): Promise<void> {
  const first = join(place, 'first.parquet');
  await writeFirst(first, rows);
  console.log(`\n### Changes of a table of ${rows} rows, ${(statSync(first).size / 1e6).toFixed(0)} MB\n`);
  console.log('| tool | change | new bytes, % | keep: wall, CPU s | bring back: wall, CPU s |\n|---|---|---|---|---|');
  const own = emptied(join(place, 'tidegate'));
  {
    using tables = tidegateTables(own);
    await printChanges(tables, { first, only: () => true });
  }
  rmSync(own, { recursive: true });
  for (const { peer, changes, why } of tablePeers) {
    const installed = peers.get(peer.name);
    if (installed === undefined) continue;
    const folder = emptied(join(place, 'peer'));
    await printChanges(await peerStore(peer.name, installed, folder), { first, only: (name) => changes.includes(name) });
    console.log(`| ${peer.name} | the others are left out: ${why} | | | |`);
    rmSync(folder, { recursive: true });
  }
  rmSync(first);
}

async function printChanges(
  store: TableStore,
  request: { readonly first: string; readonly only: (change: string) => boolean },
): Promise<void> {
  for (const line of await playChanges(store, { ...request, folder: place })) console.log(rowOf(store.name, line));
}

function rowOf(name: string, { change, share, keep, back }: VersionCost): string {
  return `| ${name} | ${change} | ${(100 * share).toFixed(2)} | ${told(keep)} | ${told(back)} |`;
}

function told({ wallSeconds, cpuSeconds }: Cost): string {
  return `${wallSeconds.toFixed(1)}, ${cpuSeconds.toFixed(1)}`;
}

async function measureDepth(rows: number): Promise<void> {
  const folder = emptied(join(place, 'depth'));
  const { layers, rounds } = await playDepth(folder, { rows, versions: 21, rounds: Number(values.rounds) });
  rmSync(folder, { recursive: true });
  console.log(`\n### The 21st version of ${rows} rows, up to ${layers} files a group\n`);
  console.log('| read into plain files: wall, CPU s | plain copy: wall, CPU s | ratio: wall, CPU |\n|---|---|---|');
  for (const { read, copy } of rounds)
    console.log(
      `| ${told(read)} | ${told(copy)} | ${(read.wallSeconds / copy.wallSeconds).toFixed(2)}, ${(read.cpuSeconds / copy.cpuSeconds).toFixed(2)} |`,
    );
}

async function measureDifference(rows: number): Promise<void> {
  const folder = emptied(join(place, 'diff'));
  const { changed, rounds } = await playDifference(folder, { rows, rounds: Number(values.rounds) });
  rmSync(folder, { recursive: true });
  console.log(`\n### Two versions of ${rows} rows, ${changed} of them changed in 14 columns\n\n| difference by rows: wall, CPU s |\n|---|`);
  for (const cost of rounds) console.log(`| ${told(cost)} |`);
}
