import type { ContractDiff, HitByChange, WeighedChange } from '@tidegate/core';
import { hitPlace, readerNames } from './hit-words.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';

type Styled = Pick<Terminal, 'style'>;

const colors = { major: 'red', minor: 'yellow', patch: 'dim' } as const;

/** What changed between two data contracts, the worst first, who is hit, and what the version should say. */
export function contractDiffLines(diff: ContractDiff & { readonly hit: HitByChange | null }, { style }: Styled): readonly string[] {
  const { before, after, level, changes, data } = diff;
  const of = `${harmless(before.file)} (${harmless(before.version)}) -> ${harmless(after.file)} (${harmless(after.version)})`;
  if (level === null) return [`Nothing changed: ${of}`];
  const order = ['major', 'minor', 'patch'] as const;
  return [
    `${style(colors[level], level)}: ${of}${data === null ? '' : `, judged with ${harmless(data)}`}`,
    ...order.flatMap((one) => changes.filter(({ weighed }) => weighed === one).map((change) => changeLine(change, { style }))),
    ...(level === 'major' && diff.hit !== null ? hitLines(diff.hit, { style }) : []),
    ...versionLines(diff, { style }),
  ];
}

function changeLine({ object, property, says, weighed, direction, keepsOld, found }: WeighedChange, { style }: Styled): string {
  const where = [object, property]
    .filter((part) => part !== null)
    .map(harmless)
    .join('.');
  const isUnused = direction === 'weaker' && keepsOld === true;
  const why = found !== null && !says.includes(found) ? ` (in the data: ${found})` : isUnused ? ' (no row of the data needs it yet)' : '';
  return `  ${style(colors[weighed], weighed.padEnd(5))} ${where === '' ? '' : `${where}: `}${harmless(`${says}${why}`)}`;
}

function hitLines(hit: HitByChange, { style }: Styled): readonly string[] {
  const list = (what: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`    ${what}: ${names.map(harmless).join(', ')}`];
  const lines = [
    ...list('feature views', hit.views),
    ...list('features', hit.features),
    ...list('steps', hit.steps),
    ...list('models', hit.models),
    ...list(
      'live',
      hit.live.map(({ service, environment, model }) => `${service} in ${environment} (model ${model})`),
    ),
  ];
  const head = `  ${style('bold', 'Hit')} by a breaking change of ${hit.datasets.map((name) => `data.${name}`).join(', ')}:`;
  return lines.length === 0 ? [`${head} nothing depends on it`] : [head, ...lines, ...byColumnLines(hit, { style })];
}

/** Of several columns, each with those that it hits; of very many the first. */
function byColumnLines({ byColumn }: HitByChange, { style }: Styled): readonly string[] {
  if (byColumn.length < 2) return [];
  const rows = byColumn.slice(0, mostColumns).map((one): readonly string[] => [harmless(hitPlace(one)), readerNames(one).join(', ')]);
  const rest = byColumn.length - rows.length;
  return [
    `  ${style('bold', 'By column')}:`,
    ...table(rows.map(([where = '', who = '']) => [where, who === '' ? 'nothing' : who])).map((line) => `    ${line}`),
    ...(rest > 0 ? [`    and ${rest} more columns`] : []),
  ];
}

const mostColumns = 50;

function versionLines({ isDeclared, level, versionChange, before }: ContractDiff, { style }: Styled): readonly string[] {
  if (!isDeclared)
    return [
      `  ${style('red', '✗')} the change is breaking, and the version does not say so: "version:" must be of the next major version after ${harmless(before.version)}`,
    ];
  if (versionChange === 'none' || versionChange === 'lower')
    return [`  ${style('yellow', '!')} the version should say it: a ${level} change after ${harmless(before.version)}`];
  return [];
}
