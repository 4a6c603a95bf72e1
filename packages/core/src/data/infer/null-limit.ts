import type { InferredLimit } from './inferred-contract.ts';
import { nextShare } from './next-share.ts';
import type { ColumnSurvey } from './survey.ts';

/** How many times as likely as now it may be at least that a value is missing (as odds): how much that varies, one version does not tell. */
const oddsFactor = 4;
/** The share that may be missing at least: below it nobody would look. */
const leastShare = 0.05;
/** From here on a limit says nothing that would be of use. */
const uselessShare = 0.95;
/** Rows that must be there for a share to count. */
const fewestRows = 20;

/** How many values may be missing where some are: much fewer than would make the column useless, and far more than chance gives. */
export function nullLimit({ profile: { rows, nulls } }: ColumnSurvey, chance: number): readonly InferredLimit[] {
  if (nulls === 0 || nulls === rows || rows < fewestRows) return [];
  const odds = (oddsFactor * nulls) / (rows - nulls);
  const share = Math.max(nextShare({ found: nulls, of: rows }, chance), odds / (1 + odds), leastShare);
  if (share > uselessShare) return [];
  return [
    {
      name: 'nullValues',
      value: { metric: 'nullValues', mustBeLessOrEqualTo: Math.ceil(100 * share), unit: 'percent' },
      chance,
      seen: `no value in ${nulls} of ${rows} rows`,
    },
  ];
}
