import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ContractUpdate } from '@tidegate/core';
import { contractUpdateLines } from './contract-update-view.ts';

const plain = { style: (_: string, text: string) => text };
const update: ContractUpdate = {
  dataset: 'flights',
  file: 'contracts/flights.odcs.yaml',
  rows: 10_000,
  changes: [
    {
      column: 'delay',
      what: 'maximum',
      kind: 'loosened',
      from: 1272,
      to: 1301,
      evidence: '3 of 10000 rows break it; greatest seen: 1105; chance 0.02 %',
    },
    {
      column: 'carrier',
      what: 'required',
      kind: 'removed',
      from: true,
      to: null,
      evidence: '40 of 10000 rows break it; the rows no longer say so',
    },
  ],
  kept: [{ check: 'origin.valid_values', promise: 'origin is one of EWR, JFK', evidence: '12 of 10000 rows break it' }],
  text: '',
};

test('an update is told as the documentation shows it, a statement a line', () => {
  const page = readFileSync(new URL('../../../../docs/explanation/inference.md', import.meta.url), 'utf8');

  assert.ok(page.includes(contractUpdateLines(update, plain).join('\n')), contractUpdateLines(update, plain).join('\n'));
});

test('what comes new is told with a plus, a rule in short, and no sign of a terminal is let through', () => {
  const lines = contractUpdateLines(
    {
      ...update,
      changes: [
        { column: 'x\u001b[31m', what: 'column', kind: 'added', from: null, to: 'integer', evidence: 'the data has it' },
        { column: null, what: 'rule', kind: 'added', from: null, to: { metric: 'rowCount', mustBeGreaterThan: 0 }, evidence: '5 rows' },
      ],
      kept: [],
    },
    plain,
  );

  assert.equal(lines.length, 3);
  assert.doesNotMatch(lines.join(), /\u001b/);
  assert.match(lines[2] ?? '', /^ {2}\+ rule: \{"metric":"rowCount","mustBeGreaterThan":0\} \(5 rows\)$/);
});

test('where nothing is to change that is said', () => {
  assert.deepEqual(contractUpdateLines({ ...update, changes: [], kept: [] }, plain), [
    'data.flights: nothing of what was inferred in contracts/flights.odcs.yaml is to change (10000 rows).',
  ]);
});
