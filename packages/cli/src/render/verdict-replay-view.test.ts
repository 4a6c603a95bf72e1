import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runId, stepName } from '@tidegate/formats';
import { verdictReplayLines } from './verdict-replay-view.ts';

const run = runId('r-20261123-202553-3f9a');
const plain = { style: (_: string, text: string) => text };
const lines = (steps: Parameters<typeof verdictReplayLines>[0]['steps']) =>
  verdictReplayLines({ format: 'tidegate.verdict-replay/1', project: 'shop', run, steps }, plain);

test('verdicts that are the same are counted, one that is another is named, and what was not judged again says why', () => {
  const models = { step: stepName('models.delay'), replayed: 9, differing: [], lacks: null };
  const trial = {
    step: stepName('trials.delay-api'),
    replayed: 1,
    differing: [{ name: 'latency.p99', before: 'pass', after: 'fail' }],
    lacks: null,
  } as const;
  const lost = { step: stepName('models.price'), replayed: 0, differing: [], lacks: 'its predictions are no longer kept' };

  assert.deepEqual(lines([models]), [`Run ${run}: 9 verdicts computed again from the store: all as before.`, '  models.delay: 9 verdicts']);
  assert.deepEqual(lines([models, trial, lost]), [
    `Run ${run}: 10 verdicts computed again from the store: not all as before.`,
    '  models.delay: 9 verdicts',
    '  trials.delay-api: 1 verdict',
    '    latency.p99: pass then, fail now',
    '  models.price: not computed again: its predictions are no longer kept',
  ]);
  assert.deepEqual(lines([]), [`Run ${run} has judged no model, so there is no verdict to compute again.`]);
});
