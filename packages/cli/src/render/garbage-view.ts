import type { GarbageReport, JudgedObject } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { bytes } from './figures.ts';
import { table } from './table.ts';
import { counted } from './words.ts';

/** Objects of one kind that are shown one by one; the rest is counted. */
const shown = 20;

/** What garbage collection took out, or would: every object that goes when there are few, and for what the others stay. */
export function garbageLines({ dryRun, objects, results, runs, packs, environments, unread }: GarbageReport): readonly string[] {
  const going = objects.filter(({ action }) => action === 'remove').toSorted((a, b) => b.bytes - a.bytes);
  const staying = objects.filter(({ action }) => action === 'keep');
  return [
    ...table(
      going.slice(0, shown).map((object) => [shortDigest(object.digest), bytes(object.bytes), object.why]),
      { right: [1], indent: '  ' },
    ),
    ...(going.length > shown ? [`  … and ${counted(going.length - shown, 'object')} more (--json lists all)`] : []),
    `${dryRun ? 'Would go' : 'Gone'}: ${sizeOf(going)}, ${counted(results.length, 'result')}, ${counted(runs.length, 'record')} of runs.`,
    ...(packs.packs === 0 ? [] : [`Pieces that no object needs: ${bytes(packs.bytes)} in ${counted(packs.packs, 'pack')}.`]),
    ...environments.map(
      ({ name, usedAtMs, packages }) =>
        `${dryRun ? 'Would go' : 'Gone'}: the virtual environment ${name.slice(0, 12)} with ${counted(packages.length, 'package')}, last used on ${new Date(usedAtMs).toISOString().slice(0, 10)}.`,
    ),
    `${dryRun ? 'Would stay' : 'Kept'}: ${sizeOf(staying)}:`,
    ...table(
      reasonsOf(staying).map(([why, those]) => [`${those.length}`, bytes(sum(those)), why]),
      { right: [0, 1], indent: '  ' },
    ),
    ...unread.map(
      (name) => `All results of ${name} were kept: its lock files could not be read, because its folder or its repository cannot be.`,
    ),
  ];
}

function sizeOf(objects: readonly JudgedObject[]): string {
  return `${counted(objects.length, 'object')} (${bytes(sum(objects))})`;
}

function sum(objects: readonly JudgedObject[]): number {
  return objects.reduce((total, object) => total + object.bytes, 0);
}

/** The largest first. */
function reasonsOf(objects: readonly JudgedObject[]): readonly (readonly [string, readonly JudgedObject[]])[] {
  const all = [...Map.groupBy(objects, ({ why }) => why)].toSorted(([, a], [, b]) => sum(b) - sum(a));
  if (all.length <= shown) return all;
  return [...all.slice(0, shown), ['other reasons (--json lists all)', all.slice(shown).flatMap(([, those]) => those)]];
}
