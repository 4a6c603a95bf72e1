import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelFacts } from '@tidegate/core';
import { digestOfHex, runId } from '@tidegate/formats';
import { costs, evaluation, evidence } from '../model-evidence/test-model.ts';
import { cardMarkdown } from './card-markdown.ts';
import { cardPage } from './card-page.ts';

const digest = digestOfHex('ab'.repeat(32));

const facts: ModelFacts = {
  model: 'delay',
  version: digest,
  project: 'flights',
  run: runId('r-20260101-000000-0001'),
  madeAt: '2026-01-01T00:00:00.000Z',
  record: {
    format: 'tidegate.model-version/1',
    model: 'delay',
    artifact: digest,
    bytes: 420,
    flavor: 'onnx',
    file: 'delay.onnx',
    signature: { task: 'binary', inputs: [{ name: 'wind', type: 'number' }], classes: ['false', 'true'] },
    trainedBy: digest,
    trainedOn: null,
  },
  code: null,
  trainedBy: null,
  datasets: null,
  evaluation,
  evidence,
  costs,
  live: [],
};

const titles = [
  'Metrics',
  'Baselines',
  'Slices',
  'Slices that nobody named',
  'Calibration',
  'Fairness',
  'Robustness',
  'Behaviour',
  'What moves the predictions',
  'Errors',
  'Leakage',
  'Training with other seeds',
  'What serving costs',
  'Limits on what serving costs',
  'Let through by a person',
];

/** The part below a heading. */
function partOf(card: string, title: string): string {
  return card.split(`\n## ${title}\n`)[1]?.split('\n## ')[0]?.trim() ?? assert.fail(`there is no part "${title}"`);
}

test('a card in Markdown has every section that was measured, each from evidence', () => {
  const card = cardMarkdown(facts);

  for (const title of titles) assert.match(partOf(card, title), /^\| .*\n\| ---/, title);
  assert.match(partOf(card, 'Fairness'), /gap 0\.2060 \(0\.1700 to 0\.2300\), at most 0\.1000/);
  assert.match(partOf(card, 'Slices that nobody named'), /0\.9000 more than the champion, 3\.400 standard deviations/);
  assert.match(partOf(card, 'Training with other seeds'), /auc \| 2 \| 0\.7550, standard deviation 0\.007000, 0\.7500 to 0\.7600/);
  assert.match(partOf(card, 'Errors'), /new beside the champion \| 260/);
  assert.match(partOf(card, 'Errors'), /true taken for false \| 700/);
  assert.match(partOf(card, 'What serving costs'), /delay-api: peak memory, median \| 90 MB/);
});

test('what no evidence says is unknown in a card', () => {
  const card = cardMarkdown({ ...facts, evaluation: null, evidence: [], costs: [] });

  for (const title of titles) assert.equal(partOf(card, title), '_unknown_', title);
  assert.match(cardPage({ ...facts, evaluation: null, evidence: [], costs: [] }), /<b>unknown<\/b><span>verdict of the gate/);
});

test('a card is given away, so no row of data is in it, and its page has the plots', () => {
  const [page, card] = [cardPage(facts), cardMarkdown(facts)];

  for (const text of [page, card]) assert.ok(!text.includes('f17') && !text.includes('script>'));
  for (const words of ['Reliability', 'Partial dependence', 'Permutation importance', 'What errors have in common'])
    assert.ok(page.includes(words), words);
  assert.ok(page.includes("default-src 'none'") && !/(?:src|href)="(?!#)/.test(page));
});
