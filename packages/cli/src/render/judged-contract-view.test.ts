import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JudgedContract } from '@tidegate/core';
import { judgedContractLines } from './judged-contract-view.ts';

const check = { column: 'a', dimension: 'conformity', failingRows: 0, rows: 1, measured: null, examples: [] } as const;

const judged: JudgedContract = {
  file: 'c.yaml',
  id: 't',
  version: '1.0.0',
  object: 't',
  data: '"t.csv"',
  rows: 1,
  asOf: '2026-01-01T00:00:00.000Z',
  verdict: 'fail',
  checks: [
    ...Array.from({ length: 13 }, (_, at) => ({
      ...check,
      name: `c${at}.declared`,
      promise: `c${at} is in the data contract`,
      severity: 'warning' as const,
      verdict: 'fail' as const,
      reason: `c${at} is in the data contract: it is not`,
    })),
    {
      ...check,
      name: 'a.required',
      promise: 'a is never null',
      severity: 'error',
      verdict: 'fail',
      reason: 'a is never null: 1 of 1 rows is',
    },
  ],
};

test('of very many columns that the data contract does not describe some are listed and the others counted, and no other check is left out', () => {
  const lines = judgedContractLines(judged, { style: (_, text) => text });

  assert.equal(lines.filter((line) => line.includes('is in the data contract')).length, 10);
  assert.equal(lines.at(-1), '  and 3 more columns that the data contract does not describe');
  assert.ok(lines.some((line) => line.includes('a is never null: 1 of 1 rows is')));
});
