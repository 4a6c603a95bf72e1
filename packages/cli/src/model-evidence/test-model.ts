import { digestOfHex, type Evaluation, type Evidence, type Json, type Metric, type Verdict } from '@tidegate/formats';

/** A model about which everything was found out that can be, for tests of pages. */

const digest = digestOfHex('ab'.repeat(32));

export const hostile = '<script>alert(1)</script>';

function metric(name: string, value: number): Metric {
  return { name, value, low: value - 0.01, high: value + 0.01, confidence: 0.9, method: 'delong', rows: 4000, higherIsBetter: true };
}

const comparison = {
  metric: 'auc',
  rows: 4000,
  champion: 0.8,
  candidate: 0.75,
  difference: -0.05,
  low: -0.06,
  high: -0.04,
  confidence: 0.95,
  margin: 0.01,
  pValue: 1,
  pWorse: 0,
  method: 'delong',
  verdict: 'fail' as Verdict,
  rowsNeeded: null,
};

const row = {
  row: 17,
  id: 'f17',
  label: 'true',
  prediction: 'false',
  probability: 0.97,
  champion: 'true',
  loss: 0.94,
  championLoss: 0.01,
  inputs: { wind: 0.96, origin: hostile },
};

export const evaluation: Evaluation = {
  format: 'tidegate.evaluation/1',
  model: 'delay',
  modelVersion: digest,
  testSet: digest,
  task: 'binary',
  rows: 4000,
  metrics: [metric('auc', 0.75)],
  slices: [{ column: 'origin', value: 'JFK', rows: 1300, metrics: [metric('auc', 0.77)] }],
  curves: [{ name: 'calibration', x: [0.2, 0.8], y: [0.25, 0.7], rows: [3000, 1000], low: [0.2, 0.6], high: [0.3, 0.8] }],
  baselines: [{ name: 'linear', metrics: [metric('auc', 0.85)], comparison: { metric: 'auc', difference: -0.1, low: -0.12, high: -0.08 } }],
  seeds: [
    {
      metric: 'auc',
      higherIsBetter: true,
      values: [
        { seed: 1, value: 0.75 },
        { seed: 2, value: 0.76 },
      ],
      mean: 0.755,
      sd: 0.007,
      min: 0.75,
      max: 0.76,
    },
  ],
  champion: { release: digest, modelVersion: digest, metrics: [metric('auc', 0.8)] },
  rowsExcluded: 0,
  comparisons: [comparison],
  sliceComparisons: [{ ...comparison, column: 'origin', value: 'JFK', adjustedPValue: 0 }],
  verdict: 'fail',
  explanation: {
    metric: 'auc',
    rows: 1000,
    repeats: 5,
    confidence: 0.9,
    predictions: 20_000,
    inputsLeftOut: 0,
    importances: [
      { input: 'wind', value: 0.25, low: 0.2, high: 0.3, spread: 0.01 },
      { input: 'origin', value: 0.001, low: -0.01, high: 0.012, spread: 0.01 },
    ],
    together: [{ inputs: ['wind', 'gust'], association: 0.9, value: 0.3, low: 0.25, high: 0.35, spread: 0.01 }],
    dependences: [
      {
        input: 'wind',
        kind: 'number',
        values: [0, 0.5, 1],
        lines: [
          {
            class: 'true',
            mean: [0.1, 0.4, 0.8],
            low: [0.09, 0.39, 0.79],
            high: [0.11, 0.41, 0.81],
            lowest: [0, 0.2, 0.5],
            highest: [0.3, 0.6, 1],
          },
        ],
      },
      {
        input: 'origin',
        kind: 'category',
        values: ['JFK', 'EWR'],
        lines: [{ class: 'true', mean: [0.4, 0.5], low: [0.39, 0.49], high: [0.41, 0.51], lowest: [0.1, 0.2], highest: [0.8, 0.9] }],
      },
    ],
  },
  errors: {
    loss: 'squared-error',
    rows: 4000,
    threshold: null,
    errors: 1000,
    confusion: {
      classes: ['false', 'true'],
      counts: [
        [1900, 300],
        [700, 1100],
      ],
    },
    inputs: ['wind', 'origin'],
    worst: [row],
    gathered: [{ slice: 'origin = EWR', rows: 1300, errors: 480, lift: 1.48 }],
    against: { rows: 4000, both: 740, new: 260, fixed: 50, newRows: [row], fixedRows: [] },
    hidden: ['email'],
    leftOut: 0,
  },
  replay: { predictions: digest, rules: 3, request: {} },
};

function found(name: string, kind: Evidence['kind'], details: unknown, more: Partial<Evidence> = {}): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind,
    name,
    subject: 'models.delay',
    verdict: 'fail',
    blocking: true,
    reason: `What is said of ${name}`,
    details: details as Json,
    ...more,
  };
}

const gap = { measure: 'demographic_parity', column: 'origin' };

export const evidence: readonly Evidence[] = [
  found('min.auc', 'limit', null, { verdict: 'pass' }),
  found('primary.auc', 'comparison', comparison),
  found(
    'slice.origin=EWR',
    'slice',
    { measured: comparison, override: { person: 'Ann Lee', reason: 'sensors are replaced' } },
    { blocking: false },
  ),
  found(
    'discovered.wind > 0.8 and origin is EWR',
    'slice',
    { conditions: [], rows: 51, mean: 0.9, other: 0, effect: 3.4, p: 0, adjusted: 0, against: 'champion', tested: 7 },
    { blocking: false },
  ),
  found('calibration.brier', 'comparison', comparison),
  found('fairness.demographic_parity.origin', 'limit', {
    ...gap,
    gap: { value: 0.206, low: 0.17, high: 0.23, method: 'bootstrap-bca' },
    max: 0.1,
    minRows: 100,
    groups: [
      { name: 'JFK', values: [0.52] },
      { name: 'EWR', values: [0.31] },
    ],
  }),
  found('fairness-growth.demographic_parity.origin', 'comparison', {
    ...gap,
    candidate: 0.206,
    champion: 0.033,
    margin: 0.02,
    difference: { value: -0.17, low: -0.2, high: -0.14 },
    groups: ['JFK', 'EWR'],
  }),
  found('robustness.missing', 'comparison', comparison),
  found('robustness.stale', 'comparison', null, { verdict: 'inconclusive', blocking: false }),
  found('behaviour.weather.more wind is not earlier', 'behaviour', {
    suite: 'weather',
    name: 'more wind is not earlier',
    kind: 'direction',
    cases: 200,
    failures: 23,
    champion: { failures: 0, onlyCandidate: 23, onlyChampion: 0 },
    examples: [{ pair: 3, before: '0.92', after: '0.03' }],
    most: 0.05,
  }),
  found('leakage.time', 'leakage', null, { verdict: 'pass', blocking: false }),
  found('seeds.auc', 'comparison', null, { verdict: 'inconclusive', blocking: false }),
  found('latency.p99', 'limit', null, { subject: 'services.delay-api', verdict: 'pass' }),
];

const served = { coldStartMs: [300, 320], peakBytes: [90_000_000, 92_000_000], latencyMs: [2, 2, 3, 9], lacks: null };

export const costs = [
  {
    service: 'delay-api',
    cost: {
      format: 'tidegate.serving-cost/1',
      machine: 'linux x64, 2 cores',
      test: 'one.yaml',
      batch: 1,
      candidate: served,
      champion: { ...served, release: digest },
      withoutChampion: null,
      replay: null,
    },
  },
] as const;
