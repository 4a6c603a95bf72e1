import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { callsOf } from '../calls.ts';
import { diskBytes } from '../many-files.ts';
import type { Installed, Peer } from '../peer.ts';
import { borg } from '../peers/borg.ts';
import { dvc } from '../peers/dvc.ts';
import { gitLfs } from '../peers/git.ts';
import { oxen } from '../peers/oxen.ts';
import { restic } from '../peers/restic.ts';
import { parquetBelow, type TableStore } from './table-store.ts';

/** A tool that keeps files, and which of the changes are played with it. */
export interface TablePeer {
  readonly peer: Peer;
  readonly changes: readonly string[];
  /** Why the others are left out. */
  readonly why: string;
}

const cutters = {
  changes: ['scattered 1 %, 14 columns', 'delete one row'],
  why: 'byte-mode/RESULTS.md has them for this tool, which sees bytes here as there',
};
const keepers = { changes: ['delete one row'], why: 'the tool keeps files whole, so that every change costs the same' };

export const tablePeers: readonly TablePeer[] = [
  { peer: restic, ...cutters },
  { peer: borg, ...cutters },
  { peer: gitLfs, ...keepers },
  { peer: dvc, ...keepers },
  { peer: oxen, ...keepers },
];

/** The tool with the table as one file of its project. */
export async function peerStore(name: string, installed: Installed, folder: string): Promise<TableStore> {
  const place = { project: join(folder, 'project'), home: join(folder, 'home'), remote: join(folder, 'remote') };
  const data = join(place.project, 'data');
  mkdirSync(data, { recursive: true });
  mkdirSync(place.home);
  const call = callsOf(installed, place);
  await call(installed.prepare(place));
  return {
    name: `${name} ${installed.version}`,
    keep: async (path) => {
      copyFileSync(path, join(data, 'table.parquet'));
      await call([...installed.add(place), ...installed.commit(place)]);
    },
    bytes: () => diskBytes(installed.stored(place)),
    bringBack: async () => {
      rmSync(data, { recursive: true });
      await call(installed.checkout(place));
      return parquetBelow(data);
    },
  };
}
