import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, type RunRecord, type StepName, type StepRecord, type StepStatus, stepName } from '@tidegate/formats';
import { foldItems, foldRun } from './fold-items.ts';
import { runView } from './run-view.ts';
import type { Terminal } from './terminal.ts';

const count = 10_000;
const items: readonly StepName[] = Array.from({ length: count }, (_, index) => stepName(`steps.train@${index}`));

function record(step: StepName, status: StepStatus): StepRecord {
  const failure = status === 'failed' ? { code: 'TG-COMMANDS-FAILED', message: 'it ended', hint: null } : null;
  return {
    step,
    kind: 'command',
    status,
    key: null,
    madeBy: null,
    reasons: [],
    startedAfterMs: 0,
    durationMs: 1,
    outputs: {},
    evidence: [],
    facts: {},
    failure,
  };
}

/** Shows a run of 10,000 items of which every 100th fails. */
function show(interactive: boolean): { readonly lines: readonly string[]; readonly moving: readonly string[] } {
  const lines: string[] = [];
  const moving: string[] = [];
  const terminal: Terminal = {
    interactive,
    isScreen: interactive,
    pour: async () => {},
    style: (_, text) => text,
    width: 80,
    line: (text) => void lines.push(text ?? ''),
    jsonLine: () => {},
    block: () => {},
    error: (text) => void lines.push(text),
    json: () => {},
    status: (text) => void (text !== null && moving.push(text)),
  };
  const emit = runView(terminal, { verbose: false });
  const tell = (event: Event): void => emit(event);
  tell({
    kind: 'run-started',
    run: 'r-20260101-000000-0000' as RunRecord['id'],
    goal: 'gate',
    steps: [...items, stepName('steps.train')],
    at: '',
  });
  for (const [index, step] of items.entries()) {
    tell({ kind: 'step-started', step, reasons: [{ kind: 'never-run' }], at: '' });
    tell({ kind: 'step-output', step, stream: 'stdout', text: 'hello\n' });
    tell({ kind: 'step-finished', record: record(step, index % 100 === 0 ? 'failed' : 'done') });
  }
  tell({ kind: 'step-finished', record: record(stepName('steps.train'), 'done') });
  return { lines, moving };
}

test('ten thousand items are one moving line, the first failures and one line at the end', () => {
  const { lines, moving } = show(true);

  assert.ok(moving.includes('… steps.train  847 of 10,000, 9 failed, 1 running'), moving.at(847 * 3));
  assert.equal(lines.filter((line) => line.includes('✗')).length, 5);
  assert.equal(lines.at(-1), '  ✓ steps.train: done, 1.0 ms (items: 100 failed, 9,900 done)');
  assert.equal(lines.length, 11);
});

test('without a terminal there is a line at each tenth', () => {
  const { lines } = show(false);

  assert.equal(lines.filter((line) => /^ {2}… steps\.train {2}[\d,]+ of 10,000, \d+ failed$/.test(line)).length, 9);
  assert.ok(lines.length < 25);
});

test('the record as JSON and the tables of a report do not grow with the items: failed ones are shown, the others counted', () => {
  const steps = items.map((step, index) => record(step, index % 100 === 0 ? 'failed' : index % 2 === 0 ? 'hit' : 'done'));
  const all = [...steps, record(stepName('steps.train'), 'done')];

  const folded = foldRun({ steps: all } as unknown as RunRecord);

  assert.equal(folded.run.steps.length, 21);
  assert.deepEqual(folded.fanOuts, { 'steps.train': { items: 10_000, failed: 100, done: 5_000, hit: 4_900 } });
  assert.deepEqual(foldItems(all.slice(-11)), all.slice(-11));
});
