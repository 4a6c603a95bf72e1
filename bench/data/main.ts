import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Contention, playContention } from './contention-case.ts';
import { loadWords, machineWords } from './machine.ts';
import { digestOfFolder, writeManyFiles } from './many-files.ts';
import { playManyFiles, type Result } from './many-files-case.ts';
import type { Installed, Peer, Place } from './peer.ts';
import { dvc } from './peers/dvc.ts';
import { git, gitLfs } from './peers/git.ts';
import { oxen } from './peers/oxen.ts';
import { restic } from './peers/restic.ts';
import { tidegate } from './peers/tidegate.ts';
import { withSection } from './sections.ts';
import { contentionTable, filesTables } from './tables.ts';

/**
 * What putting data under version control costs, beside others: many small files (`files`), and eight processes at once, some of them killed (`contention`).
 * `node bench/data/main.ts [--cases files,contention] [--files 5000] [--seconds 60] [--rounds 1] [--peers git,restic] [--installed FOLDER] [--write]`; the
 * whole form is `--files 100000`. With `--write` the sections of RESULTS.md that were measured are written anew. Large tables in byte mode are measured by
 * `byte-mode/main.ts`.
 */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: 'files,contention' },
    files: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '1' },
    peers: { type: 'string', default: '' },
    installed: { type: 'string', default: join(tmpdir(), 'tidegate-bench-peers') },
    write: { type: 'boolean', default: false },
  },
});
const results = join(import.meta.dirname, 'RESULTS.md');
const all: readonly Peer[] = [tidegate, git, gitLfs, restic, dvc, oxen];
const wanted = values.peers.split(',');
const place = mkdtempSync(join(tmpdir(), 'tidegate-bench-data-'));
mkdirSync(values.installed, { recursive: true });
try {
  const peers = await installAll();
  if (values.cases.includes('files')) await measureFiles(peers);
  if (values.cases.includes('contention')) await measureContention(peers);
} finally {
  rmSync(place, { recursive: true, force: true });
}

async function installAll(): Promise<ReadonlyMap<string, Installed>> {
  const found = new Map<string, Installed>();
  for (const peer of all.filter(({ name }) => wanted.some((part) => name.toLowerCase().includes(part.toLowerCase())))) {
    const installed = await peer.install(values.installed);
    if (typeof installed === 'string') console.error(`${peer.name} is left out: ${installed}`);
    else found.set(peer.name, installed);
  }
  return found;
}

/** Called whenever a tool has ended, so that what was measured is there when the rest is not. */
function keep(title: string, peers: ReadonlyMap<string, Installed>, text: string): string {
  const section = `${machineWords(peers)}\n\n${text}\n\n${loadWords()}`;
  if (values.write) writeFileSync(results, withSection(existsSync(results) ? readFileSync(results, 'utf8') : '', title, section));
  return `\n## ${title}\n\n${section}`;
}

/** Tool after tool in each round, so that what else the machine does hits all of them. */
async function measureFiles(peers: ReadonlyMap<string, Installed>): Promise<void> {
  let told = '';
  const original = join(place, 'original');
  writeManyFiles(original, Number(values.files));
  const digest = digestOfFolder(original);
  const rounds = new Map<string, (Result | string)[]>([...peers.keys()].map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [name, peer] of peers) {
      const began = performance.now();
      rounds.get(name)?.push(await inPlace((at) => playManyFiles(peer, at, { folder: original, digest })));
      console.error(`${name}: ${((performance.now() - began) / 1_000).toFixed(0)} s`);
      const words = `\`node bench/data/main.ts --cases files --files ${values.files} --rounds ${values.rounds}\`, medians.`;
      told = keep('Many files', peers, `${words}\n\n${filesTables(new Map([...rounds].filter(([, played]) => played.length > 0)))}`);
    }
  console.log(told);
  rmSync(original, { recursive: true });
}

async function measureContention(peers: ReadonlyMap<string, Installed>): Promise<void> {
  let told = '';
  const original = join(place, 'original');
  writeManyFiles(original, 2_000);
  const found = new Map<string, Contention | string>();
  for (const [name, peer] of peers) {
    found.set(name, await inPlace((at) => playContention(peer, at, Number(values.seconds), original)));
    console.error(`${name}: ended`);
    told = keep(
      'Contention',
      peers,
      `\`node bench/data/main.ts --cases contention --seconds ${values.seconds}\`\n\n${contentionTable(found)}`,
    );
  }
  console.log(told);
  rmSync(original, { recursive: true });
}

async function inPlace<T>(play: (at: Place) => Promise<T>): Promise<T | string> {
  const folder = mkdtempSync(join(place, 'round-'));
  const at: Place = { project: join(folder, 'project'), home: join(folder, 'home'), remote: join(folder, 'remote') };
  try {
    for (const own of Object.values(at)) mkdirSync(own);
    return await play(at);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
