import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluation, evidence } from '../model-evidence/test-model.ts';
import { modelLines } from './model-lines.ts';

test('each topic of a model is one line of a pull request, with what does not pass in bold', () => {
  const lines = (modelLines({ evaluation, evidence })?.text ?? '').split('\n');

  assert.deepEqual(
    lines.map((line) => /^- \*\*([^*]+):\*\*/.exec(line)?.[1]),
    [
      'Let through',
      'Baselines',
      'Slices that nobody named',
      'Calibration',
      'Fairness',
      'Robustness',
      'Behaviour',
      'Errors',
      'What moves it',
      'Seeds',
      'Limits on serving',
    ],
  );
  const text = lines.join('\n');
  for (const words of [
    'by Ann Lee: sensors are replaced',
    '**worse than** a linear model (−0.1000 in auc)',
    '**fail** demographic&#95;parity by origin: 0.2060, at most 0.1000',
    '**fail** missing (−0.05000 in auc); **inconclusive** stale',
    '0 of 1 tests pass, 23 cases newly fail',
    '1,000 of 4,000 rows; 260 new and 50 fixed beside the champion; most where <code>origin = EWR</code>',
    'auc 0.7550 ± 0.007000 over 2; What is said of seeds.auc',
    '<code>wind</code> 0.2500 (auc lost when shuffled)',
  ])
    assert.ok(text.includes(words), `${words} in\n${text}`);
});

test('no row of data is in a pull request', () => {
  const text = modelLines({ evaluation, evidence })?.text ?? '';

  assert.ok(!text.includes('script') && !text.includes('f17'));
});
