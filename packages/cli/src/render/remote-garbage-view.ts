import type { RemoteGarbageReport } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { bytes } from './figures.ts';
import { table } from './table.ts';
import { counted } from './words.ts';

/** Objects that are shown one by one; the rest is counted. */
const shown = 20;

type Judged = RemoteGarbageReport['objects'][number];

/** What garbage collection took out of a remote, or would: the largest first, and for what the others stay. */
export function remoteGarbageLines({
  dryRun,
  objects,
  records,
  projects,
  unread,
  files,
  rewrittenBytes,
}: RemoteGarbageReport): readonly string[] {
  if (unread.length > 0)
    return [
      `${counted(unread.length, 'record')} that are needed cannot be read, so nothing can be called garbage: run "tidegate remote verify", and push again.`,
    ];
  const [going, condemned, staying] = (['remove', 'condemn', 'keep'] as const).map((action) =>
    objects.filter((one) => one.action === action),
  );
  const listed = [...(going ?? []), ...(condemned ?? [])].toSorted((a, b) => b.bytes - a.bytes);
  const reasons = [...Map.groupBy(staying ?? [], ({ why }) => why)].toSorted(([, a], [, b]) => sum(b) - sum(a));
  return [
    ...table(
      listed.slice(0, shown).map(({ digest, bytes: size, why }) => [shortDigest(digest), bytes(size), why]),
      { right: [1], indent: '  ' },
    ),
    ...(listed.length > shown ? [`  … and ${counted(listed.length - shown, 'object')} more (--json lists all)`] : []),
    `${dryRun ? 'Would go' : 'Gone'}: ${sizeOf(going ?? [])}, ${counted(records.length, 'record')}; ${counted(files.length, 'file')} (${bytes(files.reduce((total, { size }) => total + size, 0))}).`,
    ...(rewrittenBytes === 0
      ? []
      : [`${dryRun ? 'Would be written' : 'Written'} anew: packs of ${bytes(rewrittenBytes)} that were small or mostly garbage.`]),
    ...(condemned?.length === 0
      ? []
      : [`Condemned: ${sizeOf(condemned ?? [])}: missing from now on, and gone with a collection after the grace period.`]),
    `${dryRun ? 'Would stay' : 'Kept'}: ${sizeOf(staying ?? [])}:`,
    ...table(
      reasons.slice(0, shown).map(([why, those]) => [`${those.length}`, bytes(sum(those)), why]),
      { right: [0, 1], indent: '  ' },
    ),
    `Shared by ${projects.length === 0 ? 'no project that said what it needs' : projects.map(({ project }) => project).join(', ')}.`,
  ];
}

function sizeOf(objects: readonly Judged[]): string {
  return `${counted(objects.length, 'object')} (${bytes(sum(objects))})`;
}

function sum(objects: readonly Judged[]): number {
  return objects.reduce((total, object) => total + object.bytes, 0);
}
