import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Called, callsOf } from './calls.ts';
import { diskBytes, digestOfFolder } from './many-files.ts';
import type { Command, Installed, Place } from './peer.ts';

/** What is measured, in its order. */
export const measures = ['add', 'commit', 'push', 'push again', 'clean status', 'after one change', 'check-out', 'gc'] as const;
export type Measure = (typeof measures)[number];

/** Null for what the tool cannot do, or need not; a text for what went wrong. */
export type Cost = Called | string | null;

export interface Result {
  readonly costs: Readonly<Record<Measure, Cost>>;
  readonly storedBytes: number;
  /** What lies in the remote; null for a tool that has none. */
  readonly pushedBytes: number | null;
  /** By how much the garbage collection made smaller what is stored; null for a tool that has none. */
  readonly freedBytes: number | null;
}

/** Files as every tool gets them. */
export interface Original {
  readonly folder: string;
  readonly digest: string;
}

/**
 * Many small files through one tool: added and made a version, shared, looked at as they are and after one was changed, brought back where none is, and
 * half of them thrown away.
 *
 * @throws when they cannot be added; what else goes wrong is in the result
 */
export async function playManyFiles(peer: Installed, place: Place, original: Original): Promise<Result> {
  const data = join(place.project, 'data');
  execFileSync('cp', ['-r', original.folder, data]);
  const call = callsOf(peer, place);
  const cost = async (commands: readonly Command[] | null | undefined): Promise<Cost> =>
    commands === null || commands === undefined || commands.length === 0 ? null : call(commands).catch(messageOf);
  await call(peer.prepare(place));
  const add = await call(peer.add(place));
  const commit = await cost(peer.commit(place));
  const storedBytes = diskBytes(peer.stored(place));
  const push = await cost(peer.push?.(place));
  const pushAgain = await cost(peer.push?.(place));
  const pushedBytes = peer.push === null ? null : diskBytes([place.remote]);
  const [clean, changed] = await bothStatuses(peer, place);
  rmSync(data, { recursive: true });
  const called = await cost(peer.checkout(place));
  const isBack = existsSync(data) && digestOfFolder(data) === original.digest;
  const checkout = isBack || typeof called === 'string' ? called : 'brought back other files';
  if (!isBack) execFileSync('cp', ['-r', `${original.folder}/.`, data]);
  for (const [index, folder] of readdirSync(data).sort().entries()) if (index % 2 === 1) rmSync(join(data, folder), { recursive: true });
  const forgot = peer.collectAtOnce === null ? null : await cost(peer.forgetFormer(place));
  const gc = typeof forgot === 'string' ? forgot : await cost(peer.collectAtOnce?.(place));
  return {
    costs: {
      add,
      commit,
      push,
      'push again': pushAgain,
      'clean status': clean,
      'after one change': changed,
      'check-out': checkout,
      gc,
    },
    storedBytes,
    pushedBytes,
    freedBytes: peer.collectAtOnce === null ? null : storedBytes - diskBytes(peer.stored(place)),
  };
}

async function bothStatuses(peer: Installed, place: Place): Promise<readonly [clean: Cost, changed: Cost]> {
  if (peer.status === null) return [null, null];
  const call = callsOf(peer, place);
  const clean = await call(peer.status(place), 'any');
  appendFileSync(join(place.project, 'data/f000/000007.bin'), 'edited');
  const changed = await call(peer.status(place), 'any');
  return [clean, changed.said === clean.said ? 'does not tell' : changed];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
