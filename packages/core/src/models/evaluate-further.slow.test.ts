import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Artifact, type Digest, type Evidence, TidegateError } from '@tidegate/formats';
import type { StepResult } from '../pipeline/index.ts';
import {
  type EvaluationRig,
  featureRecord,
  flightRows,
  linearModel,
  noteResult,
  ofPredictions,
  openRig,
  projectOf,
  releaseOf,
  trainingKey,
} from './fixtures/evaluation-rig.ts';
import { replayEvaluation } from './replay.ts';

const meaning = `sha256:${'f'.repeat(64)}` as Digest;

async function inputsFor(
  rig: EvaluationRig,
  model: string,
  files: { readonly [name: string]: string } = {},
): Promise<{ readonly [name: string]: Artifact }> {
  const artifact = await rig.put('delay.py', model);
  rig.state.prepare('DELETE FROM result').run();
  noteResult(rig.state, { step: 'steps.train', key: trainingKey, outputs: { model: artifact } });
  const own = await Promise.all(
    Object.entries(files).map(async ([name, text]) => [name, await rig.put(name.replaceAll('/', '-'), text)] as const),
  );
  return {
    'steps.train/model': artifact,
    'features.delay/test': await rig.putTable(flightRows(4000, 6000)),
    'features.delay/train': await rig.putTable(flightRows(0, 4000)),
    'features.delay/record': await rig.putJson(featureRecord(meaning)),
    ...Object.fromEntries(own),
  };
}

function named({ evidence }: StepResult, name: string): Evidence | undefined {
  return evidence.find((one) => one.name === name);
}

/** As `linearModel`, by an expression over `wind`, `load` and `origin`. */
function modelOf(expression: string): string {
  return `def predict(rows):
    records = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    return [(lambda wind, load, origin: ${expression})(row["wind"], row["load"], row["origin"]) for row in records]
`;
}

async function isReplayed(rig: EvaluationRig, result: StepResult): Promise<void> {
  const replayed = await replayEvaluation(rig.store, result.outputs['evaluation']?.digest ?? trainingKey);
  assert.deepEqual(replayed.evidence, ofPredictions(result.evidence));
}

test('a corner where the candidate is worse than the champion is found though nobody named it, and stops nothing', async () => {
  await using rig = await openRig();
  const champion = await releaseOf(rig, await rig.put('delay.py', modelOf('0.15 + 0.35 * wind + 0.35 * load')), {
    trainedOn: null,
    features: meaning,
  });
  const candidate = modelOf('0.02 if origin == "JFK" and wind > 0.7 else 0.15 + 0.35 * wind + 0.35 * load');

  const result = await rig.evaluate(projectOf({ metrics: ['brier'] }), { inputs: await inputsFor(rig, candidate), champion });

  const found = result.evidence.filter(({ name }) => name.startsWith('discovered.'));
  assert.ok(found.length > 0);
  assert.ok(found.every(({ verdict, blocking }) => verdict === 'fail' && !blocking));
  assert.match(found[0]?.name ?? '', /wind > 0\.[67]\d*.*origin is JFK|origin is JFK.*wind > 0\.[67]/);
  assert.match(
    found[0]?.reason ?? '',
    /the candidate is worse than the champion: the loss is 0\.\d+ higher on \d+ rows that it was not found in/,
  );
  await isReplayed(rig, result);
});

test('spoiled inputs are predicted by both models; one that gives no answer fails, one that falls less than the champion passes', async () => {
  await using rig = await openRig();
  const robustness = {
    corruptions: ['missing', 'noise', 'unseen', 'stale'] as const,
    share: 0.3,
    staleMs: 3_600_000,
    margin: { kind: 'absolute', value: 0.03 } as const,
  };
  const config = projectOf({ metrics: ['auc'] }, { primary: { metric: 'auc', margin: { kind: 'absolute', value: 0.03 } }, robustness });
  const careful = modelOf(
    '0.15 + 0.35 * (0.5 if wind is None or wind != wind else wind) + 0.35 * (0.5 if load is None or load != load else load)',
  );
  const fragile = modelOf(
    '0.15 + 0.35 * (0 if wind is None or wind != wind else wind) - 0.35 * (1 if load is None or load != load else -load)',
  );
  const champion = await releaseOf(rig, await rig.put('delay.py', fragile), { trainedOn: null, features: meaning });

  const compared = await rig.evaluate(config, { inputs: await inputsFor(rig, careful), champion });
  const alone = await rig.evaluate(config, { inputs: await inputsFor(rig, fragile), champion: null });
  const refusing = await rig.evaluate(config, {
    inputs: await inputsFor(rig, modelOf('0.15 + 0.35 * wind + 0.35 * load')),
    champion: null,
  });

  assert.deepEqual(
    ['missing', 'noise', 'unseen'].map((name) => named(compared, `robustness.${name}`)?.verdict),
    ['pass', 'pass', 'pass'],
  );
  assert.match(
    named(compared, 'robustness.missing')?.reason ?? '',
    /^With values missing auc is 0\.\d+ against the champion's 0\.\d+ on the same 2,000 rows/,
  );
  assert.equal(named(compared, 'robustness.stale')?.verdict, 'inconclusive');
  assert.equal(named(alone, 'robustness.missing')?.verdict, 'fail');
  assert.equal(named(alone, 'robustness.unseen')?.verdict, 'pass');
  assert.match(named(refusing, 'robustness.missing')?.reason ?? '', /^With values missing the model gives no answer: /);
  await isReplayed(rig, compared);
});

const suite = `tests:
  - name: a storm is late
    rows: [{ wind: 1, load: 1, origin: JFK }, { wind: 1, load: 0.9, origin: LGA }]
    label: true
  - name: the airport does not matter
    change: { origin: [JFK, LGA, EWR] }
    expect: same
    sample: 100
  - name: more wind is not earlier
    change: { wind: "+ 0.3" }
    expect: not-lower
    sample: 200
`;

test('what a model must know, what must not matter and what must move it one way is tried on both models', async () => {
  await using rig = await openRig();
  const config = projectOf({ metrics: ['brier'] }, { behaviour: { suites: ['behaviour/weather.yaml'], mostFailures: 0.05 } });
  const files = { 'behaviour/weather.yaml': suite };
  const sane = modelOf('min(1, 0.15 + 0.35 * wind + 0.35 * load)');
  const champion = await releaseOf(rig, await rig.put('delay.py', sane), { trainedOn: null, features: meaning });
  // turns over at strong wind, and is afraid of one airport
  const odd = modelOf('0.9 if origin == "EWR" else 0.1 if wind > 0.9 else 0.15 + 0.35 * wind + 0.35 * load');

  const good = await rig.evaluate(config, { inputs: await inputsFor(rig, linearModel(0.35, 0.36), files), champion });
  const bad = await rig.evaluate(config, { inputs: await inputsFor(rig, odd, files), champion });

  const verdicts = (result: StepResult): readonly string[] =>
    result.evidence.filter(({ kind }) => kind === 'behaviour').map(({ verdict }) => verdict);
  assert.deepEqual(verdicts(good), ['pass', 'pass', 'pass']);
  assert.deepEqual(verdicts(bad), ['fail', 'fail', 'fail']);
  assert.match(
    named(bad, 'behaviour.weather.a storm is late')?.reason ?? '',
    /^2 of 2 cases fail "a storm is late" of weather, such as one answered with 0\.1 and at most 5 % are allowed$/,
  );
  // the row's own airport is no change: two of three count
  assert.match(named(good, 'behaviour.weather.the airport does not matter')?.reason ?? '', /^0 of 200 cases fail/);
  assert.match(
    named(bad, 'behaviour.weather.more wind is not earlier')?.reason ?? '',
    /of these \d+ are new, which the champion does not fail, and it fails 0 others$/,
  );
  await isReplayed(rig, bad);
});

test('a behaviour test that does not fit the model is refused with the nearest input', async () => {
  await using rig = await openRig();
  const config = projectOf({ metrics: ['brier'] }, { behaviour: { suites: ['odd.yaml'], mostFailures: 0.05 } });
  const said = async (text: string): Promise<string> => {
    const inputs = await inputsFor(rig, linearModel(0.35, 0.35), { 'odd.yaml': text });
    const error: unknown = await rig.evaluate(config, { inputs, champion: null }).catch((one: unknown) => one);
    return error instanceof TidegateError
      ? `${error.diagnostics[0].code}: ${error.diagnostics[0].message} ${error.diagnostics[0].hint}`
      : 'no mistake was found';
  };

  assert.equal(
    await said('tests: [{ name: wind, change: { wnd: 1 }, expect: same }]'),
    'TG-MODELS-BEHAVIOUR: Cannot try "wind" of odd.yaml: the model "delay" takes no input "wnd" Did you mean "wind"?',
  );
  assert.match(await said('tests: [{ name: nothing }]'), /A test needs "rows", or "change" with "expect"/);
});
