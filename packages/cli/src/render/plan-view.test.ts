import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, stepName } from '@tidegate/formats';
import type { ProjectPlan } from '@tidegate/core';
import { planLines } from './plan-view.ts';

type Step = ProjectPlan['steps'][number];

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
  lastMs: null,
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
const last = (plan: ProjectPlan, count: number): readonly string[] => planLines(plan, plain).slice(-count);

test('a plan with nothing to do says so', () => {
  assert.deepEqual(last({ steps: [planned('data.flights', {}), planned('steps.train', {})] }, 1), ['Nothing to do: 2 steps unchanged.']);
});

test('a plan says how many steps would run', () => {
  const steps = [
    planned('steps.train', { action: 'run', reasons: [{ kind: 'never-run' }] }),
    planned('models.delay', { action: 'decide-later', reasons: [{ kind: 'upstream-runs', step: stepName('steps.train') }] }),
    planned('data.flights', {}),
  ];

  assert.deepEqual(last({ steps }, 1), ['2 steps of 3 would run.']);
});

test('a plan over data that does not pass counts what is blocked, names the dataset, and says why and what to do', () => {
  const blockedBy = [stepName('data.flights')];
  const steps = [
    planned('data.flights', { failing: [broken, broken] }),
    planned('steps.train', { action: 'blocked', blockedBy }),
    planned('models.delay', { action: 'blocked', blockedBy: [stepName('steps.train')] }),
  ];

  assert.deepEqual(planLines({ steps }, plain), [
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

  assert.equal(planLines({ steps }, plain)[3], '1 step of 3 would run; 1 step cannot run.');
});

test('a view that came or went is told by its name', () => {
  const view = { as: 'weather', view: { sql: 'weather.sql', keys: ['origin'], time: 'hour', known: null, ttlMs: null, features: null } };
  const reason = { kind: 'setting-changed', setting: 'settings.definition.views.weather' } as const;
  const [line] = planLines(
    { steps: [planned('features.delay', { action: 'run', reasons: [{ ...reason, before: view, after: null }] })] },
    plain,
  );

  assert.equal(line, '  +  features.delay  runs: settings.definition.views.weather is gone');
});
