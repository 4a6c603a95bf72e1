import { relative } from 'node:path';
import type { ScoredJob } from '@tidegate/core';
import { type ScoreMoments, type ScoreReceipt, shortDigest } from '@tidegate/formats';
import { duration, moment, whole } from './figures.ts';
import { table } from './table.ts';
import { counted } from './words.ts';

const outcomes: Readonly<Record<ScoredJob['outcome'], string>> = {
  scored: '',
  written: ' They had been scored before: only the files were written.',
  unchanged: ' They had been scored before, and the files are there: nothing was done.',
};

/** What became of the rows, in words. */
export function receiptLines({ receipt, outcome }: ScoredJob, cwd: string): readonly string[] {
  const { input, output, quarantine, release, model, moments, datasets, refusedData, chunks, startedAt, endedAt } = receipt;
  const took = duration(Date.parse(endedAt) - Date.parse(startedAt));
  const versions = Object.entries(datasets).map(([name, digest]) => `${name} ${shortDigest(digest)}`);
  return [
    `${counted(input.rows, 'row')} = ${whole(receipt.scored)} scored + ${whole(receipt.quarantined)} quarantined.${outcomes[outcome]}`,
    ...Object.entries(receipt.codes).map(([code, rows]) => `  ${code}: ${counted(rows, 'row')}`),
    `Release ${shortDigest(release)}${receipt.environment === null ? '' : `, live in ${receipt.environment}`}, model ${model.name} ${shortDigest(model.version)}${momentWords(moments)}.`,
    ...(versions.length === 0 ? [] : [`Features from ${versions.join(', ')}.`]),
    ...Object.entries(refusedData).map(
      ([name, digest]) => `Newer data of ${name} (${shortDigest(digest)}) was not used: it breaks its data contract.`,
    ),
    ...(outcome === 'scored'
      ? [
          `${counted(chunks.count, 'chunk')} in ${took}${chunks.resumed === 0 ? '' : `; ${whole(chunks.resumed)} had been finished by an earlier call`}.`,
        ]
      : []),
    `Scored rows: ${relative(cwd, output.path)}`,
    ...(receipt.quarantined === 0 ? [] : [`Quarantine: ${relative(cwd, quarantine.path)}`]),
  ];
}

function momentWords({ from, column, earliest, latest }: ScoreMoments): string {
  if (from === 'none' || earliest === null || latest === null) return '';
  if (from === 'column') return `, as of ${moment(earliest)} to ${moment(latest)} by the column ${column ?? ''}`;
  return `, as of ${moment(earliest)}`;
}

export function receiptList(receipts: readonly ScoreReceipt[]): readonly string[] {
  if (receipts.length === 0) return ['Nothing was scored yet.'];
  const head = ['ended', 'rows', 'quarantined', 'release', 'environment', 'input'];
  const rows = receipts.map((one) => [
    moment(one.endedAt),
    whole(one.input.rows),
    whole(one.quarantined),
    shortDigest(one.release),
    one.environment ?? '',
    one.input.path,
  ]);
  return table([head, ...rows], { right: [1, 2] });
}
