import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest, type OutputDifference, type Repetition, runId, stepName, type StepRecord } from '@tidegate/formats';
import { repetitionLines, repetitionsSentence } from './repetition-view.ts';

const plain = { style: (_: string, text: string) => text };
const [before, after] = ['1', '2'].map((letter) => digest(`sha256:${letter.repeat(64)}`));
const [earlier, run] = [runId('r-20261123-202553-3f9a'), runId('r-20261124-202553-3f9a')];
const difference = (more: Partial<OutputDifference> = {}): OutputDifference => ({
  output: 'report',
  before: before ?? assert.fail(),
  after: after ?? assert.fail(),
  isStable: false,
  spread: { path: 'auc', before: 0.8, after: 0.75, relative: 0.0625, numbers: 1 },
  ...more,
});
const repeated = (more: Partial<Repetition>): Repetition => ({
  run,
  earlier,
  repeats: 'exactly',
  counts: 'earlier',
  differences: [difference()],
  at: '2026-11-24T20:25:53.000Z',
  ...more,
});
const record = (repetition: Repetition | null): StepRecord => ({
  step: stepName('steps.train'),
  kind: 'command',
  status: 'done',
  key: null,
  madeBy: null,
  reasons: [],
  startedAfterMs: 0,
  durationMs: 0,
  outputs: {},
  evidence: [],
  facts: {},
  failure: null,
  ...(repetition !== null && { repetition }),
});

test('a step that did not repeat is warned of, with the number that is furthest apart and what to do', () => {
  assert.deepEqual(
    repetitionLines(record(repeated({ differences: [difference(), difference({ output: 'model', spread: null })] })), plain),
    [
      '      ! the same key gave other bytes than in run r-20261123-202553-3f9a: report (auc 0.8 and 0.75, 6.3 % apart); model; the earlier result counts',
      '      fix: Take the newer one with "tidegate run --force steps.train --replace", or write "repeats: differently" if it cannot repeat',
    ],
  );
  assert.match(repetitionLines(record(repeated({ counts: 'newer' })), plain).join('|'), /; the newer result counts from now on$/);
});

test('nothing warns of a step that repeated, that may differ, or that differs within what it declares', () => {
  const quiet = [
    null,
    repeated({ differences: [] }),
    repeated({ repeats: 'differently' }),
    repeated({ differences: [difference({ isStable: true })] }),
  ];

  assert.deepEqual(
    quiet.flatMap((repetition) => repetitionLines(record(repetition), plain)),
    [],
  );
});

test('repetitions are counted, with the outputs that differed and the widest spread', () => {
  const wide = difference({ spread: { path: '', before: 1, after: 3, relative: 2 / 3, numbers: 1 } });

  assert.equal(repetitionsSentence([]), null);
  assert.equal(repetitionsSentence([repeated({ differences: [] })]), 'It was made again once under this key, with the same bytes.');
  assert.equal(
    repetitionsSentence([repeated({}), repeated({ differences: [] }), repeated({ differences: [wide] })]),
    'It was made again 3 times under this key, 2 of them with other bytes in report; at most report (1 and 3, 67 % apart).',
  );
});
