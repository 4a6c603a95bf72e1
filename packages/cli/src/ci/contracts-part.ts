import type { ChangedContract, JudgedChange } from '@tidegate/core';
import { hitPlace } from '../render/hit-words.ts';
import { counted } from '../render/words.ts';
import { code, folded, Markdown, md, type Piece, table } from './markdown.ts';

/** Data contracts that differ from the base: what sort of change it is, who is hit by a breaking one, column by column, and every difference. */
export function contractsPart({ contracts }: JudgedChange): Markdown | null {
  const shown = table(
    ['Data contract', 'Version', 'Change', 'Hits'],
    contracts.map((one) => [code(one.file), versionOf(one), changeOf(one), hitOf(one)]),
  );
  if (shown === null) return null;
  const details = contracts.flatMap((one) => [hitsByColumn(one), differences(one)]).filter((part) => part !== null);
  return new Markdown(['### Data contracts', ...[shown, ...details].map(({ text }) => text)].join('\n\n'));
}

function versionOf({ diff }: ChangedContract): string {
  return diff === null ? '' : `${diff.before.version} → ${diff.after.version}`;
}

function changeOf({ diff, evidence }: ChangedContract): Piece {
  if (diff === null) return evidence.verdict === 'inconclusive' ? 'not known' : 'gone';
  return diff.level === 'major' ? md`**major**${diff.isDeclared ? '' : ', and the version does not say so'}` : (diff.level ?? '');
}

function hitOf({ hit }: ChangedContract): Piece {
  if (hit === null) return '';
  const names = [
    ...hit.features.map((name) => code(`features.${name}`)),
    ...hit.steps.map((name) => code(`steps.${name}`)),
    ...hit.models.map((name) => code(`models.${name}`)),
    ...hit.live.map(({ service, environment }) => md`**${service} in ${environment}, live**`),
  ];
  if (names.length === 0) return 'nothing of the project';
  return names.slice(0, 20).flatMap((name, index) => (index === 0 ? [name] : [', ', name]));
}

function hitsByColumn({ file, hit }: ChangedContract): Markdown | null {
  const columns = hit?.byColumn ?? [];
  const inside = table(
    ['Column', 'Features', 'Steps', 'Models', 'Live'],
    columns.map((one) => [
      code(hitPlace(one)),
      codes(one.features),
      codes(one.steps),
      codes(one.models),
      codes(one.live.map(({ service, environment }) => `${service} in ${environment}`)),
    ]),
  );
  return inside && folded(md`Who reads what changed in ${code(file)}`, inside);
}

function codes(names: readonly string[]): Piece {
  const most = 10;
  const shown = names.slice(0, most).flatMap((name, index): readonly Piece[] => (index === 0 ? [code(name)] : [', ', code(name)]));
  return names.length > most ? [...shown, `, and ${names.length - most} more`] : shown;
}

function differences({ file, diff }: ChangedContract): Markdown | null {
  const order = ['major', 'minor', 'patch'] as const;
  const rows = order.flatMap((level) =>
    (diff?.changes ?? [])
      .filter(({ weighed }) => weighed === level)
      .map(({ object, property, says, found }) => [
        level,
        [object, property].filter((part) => part !== null).join('.'),
        found === null || says.includes(found) ? says : `${says} (in the data: ${found})`,
      ]),
  );
  const inside = table(['Level', 'Where', 'What'], rows, 60);
  return inside && folded(md`${counted(rows.length, 'change')} of ${code(file)}`, inside);
}
