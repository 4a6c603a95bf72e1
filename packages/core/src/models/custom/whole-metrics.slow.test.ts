import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest, type Evaluation, TidegateError } from '@tidegate/formats';
import type { StepResult } from '../../pipeline/index.ts';
import {
  type EvaluationRig,
  flightInputs,
  flightMeaning,
  linearModel,
  ofPredictions,
  openRig,
  projectOf,
  releaseOf,
} from '../fixtures/evaluation-rig.ts';
import { replayEvaluation } from '../replay.ts';

/** The largest gap between how often a decile of predictions is late and how often it was told to be: no sum over rows. */
const worstDecile = `def worst(rows):
    records = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    ordered = sorted((row["prediction"], row["late"]) for row in records)
    size = max(1, len(ordered) // 10)
    parts = [ordered[at:at + size] for at in range(0, len(ordered), size)]
    return max(abs(sum(told for told, _ in part) - sum(late for _, late in part)) / len(part) for part in parts)


def accuracy(rows):
    records = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    return sum((row["prediction"] > 0.5) == bool(row["late"]) for row in records) / len(records)
`;

const metric = (name: string, better: 'higher' | 'lower') => ({ file: 'metrics.py', function: name, better, of: 'predictions' as const });
const custom = { worst: metric('worst', 'lower'), accuracy: metric('accuracy', 'higher') };

async function evaluationOf(rig: EvaluationRig, result: StepResult): Promise<Evaluation> {
  return (await rig.store.readJson(digest(result.outputs['evaluation']?.digest ?? ''))) as unknown as Evaluation;
}

test('a metric over all predictions has an interval by drawing rows again, for both models by the same draws, and is judged again without Python', async () => {
  await using rig = await openRig();
  const config = projectOf(
    { metrics: ['custom.accuracy', 'accuracy', 'custom.worst'], custom, slices: ['origin'] },
    { primary: { metric: 'custom.accuracy', margin: { kind: 'absolute', value: 0.05 } }, max: { 'custom.worst': 0.5 } },
  );
  const inputs = { ...(await flightInputs(rig, linearModel(0.35, 0.35))), 'metrics.py': await rig.put('metrics.py', worstDecile) };
  const champion = await releaseOf(rig, await rig.put('delay.py', linearModel(0.35, 0.3)), { trainedOn: null, features: flightMeaning });

  const result = await rig.evaluate(config, { inputs, champion });

  const { metrics, comparisons, slices } = await evaluationOf(rig, result);
  const [own, builtIn, worst] = metrics;
  assert.ok(own && builtIn && worst);
  assert.deepEqual([own.method, own.value], ['recomputed-bootstrap-2000', builtIn.value]);
  for (const side of ['low', 'high'] as const)
    assert.ok(Math.abs((own[side] ?? 0) - (builtIn[side] ?? 1)) < 0.003, `${own[side]} and ${builtIn[side]}`);
  assert.ok((worst.low ?? 1) < worst.value && worst.value < (worst.high ?? 0));
  const [compared] = comparisons;
  assert.deepEqual(
    [compared?.metric, compared?.method, compared?.verdict],
    ['custom.accuracy', 'paired-recomputed-bootstrap-2000', 'pass'],
  );
  assert.deepEqual(
    slices[0]?.metrics.map(({ name }) => name),
    ['accuracy'],
  );
  const replayed = await replayEvaluation(rig.store, digest(result.outputs['evaluation']?.digest ?? ''));
  assert.deepEqual(JSON.parse(JSON.stringify(replayed.evidence)), JSON.parse(JSON.stringify(ofPredictions(result.evidence))));
});

test('rows that are not independent are drawn by their cluster', async () => {
  await using rig = await openRig();
  const given = await flightInputs(rig, linearModel(0.35, 0.35));
  const inputs = { ...given, 'metrics.py': await rig.put('metrics.py', worstDecile) };
  const measured = async (more: { readonly cluster?: string }) => {
    const result = await rig.evaluate(projectOf({ metrics: ['custom.accuracy'], custom, ...more }, { min: { 'custom.accuracy': 0.1 } }), {
      inputs,
      champion: null,
    });
    const [{ low, high } = { low: null, high: null }] = (await evaluationOf(rig, result)).metrics;
    return (high ?? 0) - (low ?? 0);
  };

  // three airports are few to draw from: the interval is another one
  assert.notEqual(await measured({ cluster: 'origin' }), await measured({}));
});

test('what is wrong with such a function is said', async () => {
  await using rig = await openRig();
  const given = await flightInputs(rig, linearModel(0.35, 0.35));
  const said = async (text: string): Promise<string> => {
    const inputs = { ...given, 'metrics.py': await rig.put('metrics.py', text) };
    const config = projectOf({ metrics: ['custom.odd'], custom: { odd: metric('odd', 'lower') } });
    const error: unknown = await rig.evaluate(config, { inputs, champion: null }).catch((one: unknown) => one);
    return error instanceof TidegateError ? error.diagnostics[0].message : 'no mistake was found';
  };

  assert.match(
    await said('def odd(rows):\n    return [1.0]\n'),
    /^Cannot measure "custom\.odd" by "odd" of metrics\.py: it returned \[1\.0\], where one number for all rows is wanted$/,
  );
  assert.match(await said('def odd(rows):\n    return float("nan")\n'), /no finite number for all rows together$/);
  assert.match(await said('def odd(rows):\n    return rows[0]["gust"]\n'), /KeyError: .* \(line 2\)$/);
});
