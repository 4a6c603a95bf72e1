import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costs, evaluation, evidence } from '../../model-evidence/test-model.ts';
import { modelSection } from './model-section.ts';

const page = modelSection({ evaluation, evidence, costs }).markup;

test('everything that was found out about a model has its part, with its figures', () => {
  for (const words of [
    'Let through by a person</b>',
    'by Ann Lee: sensors are replaced',
    'worse: −0.1000',
    'Reliability',
    'fail: 0.7500, champion 0.8000, 4,000 rows',
    'wind &gt; 0.8 and origin is EWR',
    '0.2500 (0.2000 to 0.3000)',
    'not shown to matter',
    'wind + gust',
    'probability of true',
    '1,000 of 4,000 rows (25.00 %) have a wrong answer',
    '1,900 <small>86 %</small>',
    '480 of 1,300 rows, 1.480 times as often',
    'false (97.0 %)',
    'New errors, which the champion does not make: 1 of them',
    'Not shown, for they are personal: email',
    'What is said of calibration.brier',
    'fail: 0.2060 (0.1700 to 0.2300)',
    '0.5200',
    'fail: 0.2060, champion 0.03300',
    'What is said of robustness.stale',
    'weather: more wind is not earlier',
    '23 of 200, 5 % allowed',
    '0.9200 becomes 0.03000',
    'What is said of leakage.time',
    '0.7500, judged and released',
    'What is said of seeds.auc',
    'cold start, median',
    '90 MB',
    'What is said of latency.p99',
  ])
    assert.ok(page.includes(words), words);
});

test('values of rows cannot become markup', () => {
  assert.ok(!page.includes('<script'));
  assert.ok(page.includes('&lt;script&gt;'));
});

test('what nothing is known of is no part', () => {
  const { explanation: _, errors: __, seeds: ___, ...plain } = evaluation;
  const bare = modelSection({ evaluation: { ...plain, baselines: [], sliceComparisons: [], slices: [] }, evidence: [], costs: [] }).markup;

  assert.ok(!bare.includes('class="part"'));
});
