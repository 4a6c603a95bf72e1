import type { DatasetEntry } from '@tidegate/core';
import type { ColumnProfile, DatasetVersion } from '@tidegate/formats';
import { exampleLines } from './evidence-lines.ts';
import { bytes, measured, whole } from './figures.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, verdictMark, verdictStyle } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

/** A dataset version: its size, its columns, and its checks with rows that break them; of rows that were put aside why they were. */
export function datasetLines(version: DatasetVersion, { evidence }: Pick<DatasetEntry, 'evidence'>, terminal: Styled): readonly string[] {
  const { dataset, rows, files, fileFormat, profile, checks } = version;
  const aside =
    checks.length === 0 ? evidence.filter(({ name }) => name === 'quarantine').map(({ reason }) => `  ${harmless(reason)}`) : [];
  const head = ['column', 'type', 'nulls', 'distinct', 'min', 'median', 'max'];
  return [
    `data.${dataset}: ${counted(rows, 'row')} in ${counted(files, 'file')}, ${bytes(version.bytes)}, ${fileFormat}`,
    ...aside,
    ...table([head, ...profile.columns.map(columnCells)], { right: [2, 3, 4, 5, 6], indent: '  ' }),
    ...checks.flatMap((check) => {
      const found = evidence.find(({ name }) => name === check.name);
      const words = check.verdict === 'pass' || found === undefined ? check.promise : found.reason;
      const line = `  ${terminal.style(verdictStyle[check.verdict], verdictMark[check.verdict])} ${harmless(words)}`;
      return [line, ...(found === undefined ? [] : exampleLines(found, terminal).map((example) => `    ${example}`))];
    }),
  ];
}

function columnCells({ name, type, nulls, distinct, min, max, quantiles }: ColumnProfile): readonly string[] {
  const cell = (value: number | string | null): string =>
    value === null ? '' : typeof value === 'number' ? measured(value) : harmless(value);
  return [harmless(name), type, whole(nulls), whole(distinct), cell(min), cell(quantiles?.[3] ?? null), cell(max)];
}
