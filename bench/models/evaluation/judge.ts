import { digest, type Digest } from '../../../packages/formats/src/index.ts';
import { judgePredictions } from '../../../packages/core/src/models/judge-predictions.ts';
import { openEngine } from '../../../packages/runtime/src/index.ts';

/** One evaluation of a predictions file, as the step `models.NAME` judges it: `node judge.ts FILE`. */
const [path = ''] = process.argv.slice(2);
const metrics = ['auc', 'pr_auc', 'accuracy', 'precision', 'recall', 'f1', 'log_loss', 'brier'];
const some: Digest = digest(`sha256:${'0'.repeat(64)}`);
const margin = { kind: 'absolute', value: 0.01 } as const;
using engine = await openEngine({ threads: 2 });
const judged = await judgePredictions(engine, path, {
  settings: {
    model: 'bench',
    evaluate: { on: { kind: 'data', dataset: 'bench' }, label: 'label', metrics, slices: ['part'], ignore: [] },
    gate: {
      min: {},
      max: {},
      primary: { metric: 'f1', margin },
      slices: { margin, minRows: 100, inconclusive: 'warn' },
      confidence: 0.95,
    },
  },
  signature: { task: 'binary', inputs: [], classes: ['false', 'true'] },
  bytes: 1,
  trainedOnKnown: true,
  hasIds: true,
  opponent: { kind: 'scored', release: some, modelVersion: some, trainedOnKnown: true },
  seed: 1,
  replicates: 2000,
});
console.log(
  `${judged.verdict}: ${judged.metrics.length} metrics, ${judged.slices.length} slices, ${judged.sliceComparisons.length} compared`,
);
