import type { JudgedChange } from '@tidegate/core';
import {
  digestOfHex,
  type Evaluation,
  type Evidence,
  type Metric,
  runId,
  type SliceComparison,
  stepName,
  type StepRecord,
} from '@tidegate/formats';

const digest = digestOfHex('ab'.repeat(32));
const other = digestOfHex('cd'.repeat(32));

/** A step that was done, with what it measured. */
export function stepWith(name: string, evidence: readonly Evidence[], more: Partial<StepRecord> = {}): StepRecord {
  return {
    step: stepName(name),
    kind: name.startsWith('data.') ? 'dataset' : name.startsWith('models.') ? 'evaluate' : 'command',
    status: 'done',
    key: digest,
    madeBy: null,
    reasons: [{ kind: 'never-run' }],
    startedAfterMs: 0,
    durationMs: 1200,
    outputs: {},
    evidence,
    facts: {},
    failure: null,
    ...more,
  };
}

export function evidenceOf(more: Partial<Evidence>): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind: 'check',
    name: 'price.minimum',
    subject: 'data.houses',
    verdict: 'pass',
    blocking: true,
    reason: 'All rows keep it',
    details: null,
    ...more,
  };
}

function metric(name: string, value: number): Metric {
  return { name, value, low: value - 0.01, high: value + 0.01, confidence: 0.9, method: 'delong', rows: 500, higherIsBetter: true };
}

function slice(value: string, difference: number): SliceComparison {
  const [low, high] = [difference - 0.02, difference + 0.02];
  return {
    column: 'origin',
    value,
    metric: 'auc',
    rows: 120,
    champion: 0.7,
    candidate: 0.7 + difference,
    difference,
    low,
    high,
    confidence: 0.95,
    margin: 0.02,
    pValue: 0.5,
    pWorse: 0.01,
    adjustedPValue: 0.02,
    method: 'delong',
    verdict: high < 0 ? 'fail' : 'pass',
    rowsNeeded: null,
  };
}

const evaluation: Evaluation = {
  format: 'tidegate.evaluation/1',
  model: 'delay',
  modelVersion: digest,
  testSet: digest,
  task: 'binary',
  rows: 500,
  metrics: [metric('auc', 0.71)],
  slices: [],
  curves: [],
  champion: { release: digest, modelVersion: digest, metrics: [metric('auc', 0.72)] },
  rowsExcluded: 12,
  comparisons: [{ ...slice('', -0.01), margin: 0.005 }],
  sliceComparisons: [slice('JFK', -0.06), slice('LGA', 0)],
  verdict: 'fail',
  replay: { predictions: digest, rules: 1, request: {} },
};

/** A change whose model is stopped in a slice; every text of it that comes from outside is `text`. */
export function changeNamed(text: string): JudgedChange {
  const reason = `Where origin is JFK: worse, ${text}`;
  const steps = [
    stepWith('data.houses', [evidenceOf({ name: text, reason: text, verdict: 'inconclusive', blocking: false })]),
    stepWith('models.delay', [
      evidenceOf({ kind: 'slice', name: `slice.origin=${text}`, subject: 'models.delay', verdict: 'fail', reason }),
    ]),
  ];
  return {
    base: { id: 'a'.repeat(40), subject: text },
    head: { id: 'b'.repeat(40), subject: text },
    run: {
      format: 'tidegate.run/1',
      id: runId('r-20260101-000000-0001'),
      project: 'houses',
      commit: 'b'.repeat(40),
      dirty: false,
      branch: text,
      subject: text,
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:09.000Z',
      durationMs: 9000,
      goal: 'gate',
      status: 'stopped',
      verdict: 'fail',
      failure: null,
      steps,
    },
    files: [{ path: text, added: 3, removed: 1, steps: [stepName('models.delay')] }],
    verdict: 'fail',
    contracts: [
      {
        file: text,
        datasets: [text],
        diff: {
          before: { file: text, id: text, version: text },
          after: { file: text, id: text, version: text },
          level: 'major',
          versionChange: 'unknown',
          isDeclared: false,
          data: null,
          changes: [
            {
              object: text,
              property: text,
              columns: [text],
              aspect: 'property',
              direction: 'weaker',
              level: 'major',
              says: text,
              check: null,
              weighed: 'major',
              keepsOld: null,
              keepsNew: null,
              found: null,
            },
          ],
        },
        hit: {
          datasets: [text],
          views: [text],
          features: [text],
          steps: [],
          models: [text],
          live: [{ service: text, environment: text, model: text }],
          byColumn: [
            {
              dataset: text,
              column: text,
              views: [text],
              features: [text],
              steps: [],
              models: [text],
              live: [{ service: text, environment: text, model: text }],
            },
          ],
        },
        evidence: evidenceOf({ name: 'contract_change', subject: text, verdict: 'fail', reason: text }),
      },
    ],
    datasets: [{ dataset: text, before: digest, after: digest, version: null, difference: null }],
    services: [{ service: text, before: digest, after: other, joins: { added: [text], removed: [text] } }],
    views: [{ view: text, before: null, after: digest, differs: [] }],
    models: [
      {
        model: 'delay',
        evaluation,
        evidence: [],
        isLive: false,
        bytes: 12_000,
        championBytes: 11_000,
        latencyP99Ms: 3.2,
        championLatencyP99Ms: 3.1,
      },
    ],
    notShared: null,
    annotations: [],
    tests: [
      {
        format: 'tidegate.test-report/1',
        suite: 'unit',
        cases: [
          { name: `test_${text}`, outcome: 'failed', durationMs: 12, message: `assert ${text}\nsecond line` },
          { name: 'test_fine', outcome: 'passed', durationMs: 1, message: '' },
          { name: 'test_later', outcome: 'skipped', durationMs: 0, message: 'no network' },
        ],
        passed: 1,
        failed: 1,
        skipped: 1,
      },
    ],
  };
}
