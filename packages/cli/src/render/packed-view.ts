import type { PackedCold } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { bytes, moment } from './figures.ts';
import { table } from './table.ts';
import { counted } from './words.ts';

/** Objects that are shown one by one; the rest is counted. */
const shown = 20;

/** What was turned into pieces, or would be. */
export function packedLines({ dryRun, objects, writtenBytes, damaged, left }: PackedCold): readonly string[] {
  const whole = bytes(sum(objects));
  const listed = dryRun ? objects.slice(0, shown) : [];
  return [
    ...table(
      listed.map((object) => [
        shortDigest(object.digest),
        bytes(object.bytes),
        `stored ${moment(new Date(object.storedAtMs).toISOString())}`,
      ]),
      { right: [1], indent: '  ' },
    ),
    ...(dryRun && objects.length > shown ? [`  … and ${counted(objects.length - shown, 'object')} more (--json lists all)`] : []),
    dryRun
      ? `Would be packed: ${counted(objects.length, 'object')} (${whole}) that nothing has checked out, live or pinned.`
      : `Packed: ${counted(objects.length, 'object')} (${whole}) into ${bytes(writtenBytes ?? 0)} of new pieces.`,
    ...(damaged.length === 0 ? [] : [`Left whole: ${counted(damaged.length, 'object')}, damaged: run "tidegate store fsck".`]),
    ...(left === 0 ? [] : [`Left for the next time: ${counted(left, 'object')}.`]),
  ];
}

function sum(objects: PackedCold['objects']): number {
  return objects.reduce((total, object) => total + object.bytes, 0);
}
