import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, stepName } from '@tidegate/formats';
import type { ExpectedTime, PlanEntry, ProjectPlan } from '@tidegate/core';
import { planLines } from './plan-view.ts';

type Step = PlanEntry;

const plain = { style: (_: string, text: string) => text };
const planned = (name: string, more: Partial<Step>): Step => ({
  step: stepName(name),
  kind: 'command',
  action: 'hit',
  reasons: [],
  key: null,
  madeBy: null,
  blockedBy: [],
  failing: [],
  inputBytes: null,
  expected: null,
  changes: [],
  ...more,
});
const plan = (steps: readonly Step[], more: Partial<ProjectPlan> = {}): ProjectPlan => ({
  steps,
  expected: { cpus: 2, medianMs: 0, lowMs: 0, highMs: 0, withoutHistory: steps.length },
  environments: [],
  ...more,
});
const broken: Evidence = {
  format: 'tidegate.evidence/1',
  kind: 'check',
  name: 'distance.maximum',
  subject: 'data.flights',
  verdict: 'fail',
  blocking: true,
  reason: 'Distance is at most 5000: 12 of 400 rows break it',
  details: null,
};
const last = (told: ProjectPlan, count: number): readonly string[] => planLines(told, plain).slice(-count);

test('a plan with nothing to do says so', () => {
  assert.deepEqual(last(plan([planned('data.flights', {}), planned('steps.train', {})]), 1), ['Nothing to do: 2 steps unchanged.']);
});

test('a plan says how many steps would run', () => {
  const steps = [
    planned('steps.train', { action: 'run', reasons: [{ kind: 'never-run' }] }),
    planned('models.delay', { action: 'decide-later', reasons: [{ kind: 'upstream-runs', step: stepName('steps.train') }] }),
    planned('data.flights', {}),
  ];

  assert.deepEqual(last(plan(steps, { expected: { cpus: 2, medianMs: 0, lowMs: 0, highMs: 0, withoutHistory: 2 } }), 1), [
    '2 steps of 3 would run.',
  ]);
});

test('a plan over data that does not pass counts what is blocked, names the dataset, and says why and what to do', () => {
  const blockedBy = [stepName('data.flights')];
  const steps = [
    planned('data.flights', { failing: [broken, broken] }),
    planned('steps.train', { action: 'blocked', blockedBy }),
    planned('models.delay', { action: 'blocked', blockedBy: [stepName('steps.train')] }),
  ];

  assert.deepEqual(planLines(plan(steps), plain), [
    '  ✗  data.flights  unchanged, and does not pass',
    '  -  steps.train   does not run: data.flights does not pass',
    '  -  models.delay  does not run: steps.train does not pass',
    'Nothing would run: 1 step unchanged; 2 steps cannot run.',
    'data.flights: fail: Distance is at most 5000: 12 of 400 rows break it (and 1 reason more)',
    '  fix: Correct what data.flights reads or asks for and run again; all reasons: tidegate explain data.flights',
  ]);
});

test('a plan in which some steps run and some cannot counts both', () => {
  const steps = [
    planned('data.flights', { failing: [broken] }),
    planned('steps.train', { action: 'blocked', blockedBy: [stepName('data.flights')] }),
    planned('tests.unit', { action: 'run', reasons: [{ kind: 'forced' }] }),
  ];

  assert.equal(
    planLines(plan(steps, { expected: { cpus: 2, medianMs: 0, lowMs: 0, highMs: 0, withoutHistory: 1 } }), plain)[3],
    '1 step of 3 would run; 1 step cannot run.',
  );
});

test('a view that came or went is told by its name', () => {
  const view = { as: 'weather', view: { sql: 'weather.sql', keys: ['origin'], time: 'hour', known: null, ttlMs: null, features: null } };
  const reason = { kind: 'setting-changed', setting: 'settings.definition.views.weather' } as const;
  const [line] = planLines(
    plan([planned('features.delay', { action: 'run', reasons: [{ ...reason, before: view, after: null }] })]),
    plain,
  );

  assert.equal(line, '  +  features.delay  runs: settings.definition.views.weather is gone  no history');
});

const time: ExpectedTime = { medianMs: 3400, lowMs: 3100, highMs: 3900, lastMs: 3000, count: 5, likeSize: true };
const changed = (input: string) => ({ kind: 'input-changed', input, before: 'a', after: 'b' }) as const;

test('a plan names what of each input changed, how long steps take and where the release goes', () => {
  const train = planned('steps.train', {
    action: 'run',
    reasons: [
      changed('params.yaml'),
      changed('requirements.txt'),
      changed('data.flights/files'),
      changed('train.py'),
      changed('model.bin'),
    ],
    changes: [
      { input: 'params.yaml', change: { kind: 'parameters', changes: [{ name: 'train.depth', before: 3, after: 5 }], more: 0 } },
      {
        input: 'requirements.txt',
        change: { kind: 'packages', changes: [{ name: 'scikit-learn', before: '1.9.0', after: '1.9.1' }], more: 2 },
      },
      {
        input: 'data.flights/files',
        change: {
          kind: 'table',
          rows: { before: 1000, after: 1200 },
          added: ['gate'],
          removed: [],
          columns: [{ name: 'distance', figure: 'mean', before: 3.25, after: 4 }],
        },
      },
      {
        input: 'train.py',
        change: { kind: 'lines', added: 2, removed: 1, first: { line: 7, removed: ['x = 1'], added: ['x = 2\u001b[2J', 'y = 3'] } },
      },
    ],
    expected: time,
  });
  const expected = { cpus: 2, medianMs: 3400, lowMs: 3100, highMs: 3900, withoutHistory: 1 };

  const lines = planLines(
    plan([train, planned('tests.unit', { action: 'run', reasons: [{ kind: 'never-run' }] })], {
      expected,
      environments: ['staging', 'production'],
    }),
    plain,
  );

  assert.deepEqual(lines.slice(2), [
    '    train.py:7',
    '      - x = 1',
    '      + x = 2',
    '      + y = 3',
    '2 steps of 2 would run, about 3.4 s (3.1 s to 3.9 s) on 2 cores, and what 1 step without history takes.',
    'When the gate passes, the release goes on to staging, then production.',
  ]);
  assert.match(
    lines[0] ?? '',
    /runs: params\.yaml: train\.depth 3 → 5; requirements\.txt: scikit-learn 1\.9\.0 → 1\.9\.1 and 2 more; data\.flights\/files: rows 1,000 → 1,200, column gate is new, distance: mean 3\.250 → 4\.000; train\.py: 2 lines added, 1 line removed, first at line 7; model\.bin changed +about 3\.4 s \(3\.1 s to 3\.9 s\)$/,
  );
});

test('a plan of ten thousand steps is a few lines', () => {
  const hits = Array.from({ length: 9_980 }, (_, index) => planned(`steps.a${index}`, {}));
  const runs = Array.from({ length: 10_000 }, (_, index) =>
    planned(`steps.b${index}`, { action: 'run', reasons: [changed('params.yaml')] }),
  );

  assert.deepEqual(
    planLines(plan([...hits, ...runs, planned('steps.c', { action: 'run', reasons: [{ kind: 'forced' }] })]), plain),
    [
      '  =  9,980 steps                   unchanged',
      '  +  steps.b0 and 9,999 steps more  runs: params.yaml changed',
      '  +  steps.c                        runs: it was asked to run again  no history',
      '10,001 steps of 19981 would run, about 0.0 ms on 2 cores, and what 19,981 steps without history takes.',
    ].map((line) => line.replace('9,980 steps ', '9,980 steps  ')),
  );
});
