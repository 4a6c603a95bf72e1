import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuSeconds } from './cpu-seconds.ts';
import { borg, pieceCount, restic, sha256, tidegate, type VersionStore } from './stores.ts';
import { changes, writeChanged, writeFirst } from './tables.ts';

/**
 * What a new version of a Parquet file costs that is kept as a file: share of new bytes after each of eight changes, beside restic and borg.
 * `node bench/data/byte-mode/main.ts [--rows 700000] [--folder FOLDER] [--alone]` prints the table of RESULTS.md: 700,000 rows are 60 MB, 14,000,000 are 1.2 GB; alone = without the peers.
 */
const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '700000' },
    folder: { type: 'string', default: tmpdir() },
    alone: { type: 'boolean', default: false },
  },
});
const rows = Number(given.rows);

const place = mkdtempSync(join(given.folder, 'tidegate-bench-'));
try {
  const first = join(place, 'first.parquet');
  await writeFirst(first, rows);
  console.log(
    `${rows} rows, ${megabytes(statSync(first).size)} MB, Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})\n`,
  );
  const opened = [pieceCount(), tidegate(own('tidegate')), ...(given.alone ? [] : [restic(own('restic')), borg(own('borg'))])];
  const costs: (readonly [string, readonly Cost[]])[] = [['first version', await each(opened, first)]];
  for (const change of changes) {
    const changed = join(place, 'changed.parquet');
    await writeChanged(first, changed, change);
    costs.push([change.name, await each(opened, changed)]);
    rmSync(changed);
    await each(opened, first); // the next change is one of the first version again
  }
  console.log(`| new bytes, % | ${opened.map(({ name }) => name).join(' | ')} |\n|---|${opened.map(() => '---|').join('')}`);
  for (const [name, of] of costs) console.log(`| ${name} | ${of.map(({ share }) => (100 * share).toFixed(2)).join(' | ')} |`);
  console.log(`\n| CPU s to keep | ${opened.map(({ name }) => name).join(' | ')} |\n|---|${opened.map(() => '---|').join('')}`);
  for (const [name, of] of costs) console.log(`| ${name} | ${of.map(({ cpuSeconds }) => cpuSeconds.toFixed(1)).join(' | ')} |`);
} finally {
  rmSync(place, { recursive: true, force: true });
}

interface Cost {
  /** New bytes per byte of the file. */
  readonly share: number;
  /** Of this process and of those that it called. */
  readonly cpuSeconds: number;
}

async function each(stores: readonly VersionStore[], path: string): Promise<readonly Cost[]> {
  const wanted = await sha256(path);
  const costs: Cost[] = [];
  for (const store of stores) {
    const [before, began] = [store.bytes(), cpuSeconds()];
    await store.keep(path);
    costs.push({ share: (store.bytes() - before) / statSync(path).size, cpuSeconds: cpuSeconds() - began });
    if ((await store.newest()) !== wanted) throw new Error(`${store.name} gives back other bytes`);
  }
  return costs;
}

function own(name: string): string {
  mkdirSync(join(place, name));
  return join(place, name);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
