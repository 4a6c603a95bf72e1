import { join } from 'node:path';
import { type Explanation, type FeatureColumn, type Signature, TidegateError } from '@tidegate/formats';
import {
  type Cell,
  type Engine,
  type PermutationImportance,
  permutationImportance,
  quoteText,
  type Sample,
  seededRandom,
  takeRows,
} from '@tidegate/runtime';
import type { ExplainConfig } from '../../config/index.ts';
import type { EvaluateSettings } from '../evaluate-settings.ts';
import type { InputStrength } from '../leakage/find-leakage.ts';
import { sampleOf } from '../scored-rows.ts';
import type { ModelProgram, RunnableModel } from '../serving-process.ts';
import { chosenRows, openAsked } from './asked-rows.ts';
import { askedInput, dependenceOf } from './dependences.ts';
import { explanationMetric } from './explanation-metric.ts';
import { inputsTogether } from './inputs-together.ts';
import { type Probe, timesOf, writeProbes } from './write-probes.ts';

/** Predictions at most for importance; partial dependence needs at most 12 times as many as rows for each curve. */
const mostPredictions = 200_000;
/** Fewer rows than these show nothing. */
const fewestRows = 50;
/** Inputs of which importance is measured at most: of more, those that tell most of the label by themselves. */
const mostInputs = 200;
/** Draws for an interval: an importance decides nothing, so its bounds may be a little rough. */
const replicates = 500;

export interface ExplainRequest {
  readonly engine: Engine;
  readonly program: ModelProgram;
  readonly runnable: RunnableModel;
  readonly signature: Signature;
  readonly settings: Pick<EvaluateSettings, 'evaluate' | 'gate'>;
  readonly explain: ExplainConfig;
  /** Path of the rows with the inputs of the model. */
  readonly testSet: string;
  /** The predictions that are judged by. */
  readonly predictions: string;
  /** The labelled rows, as they are there. */
  readonly sample: Sample;
  /** How much each input tells of the label by itself. */
  readonly strengths: readonly InputStrength[];
  /** Inputs whose values are shown to nobody. */
  readonly personal: ReadonlySet<string>;
  readonly folder: string;
  readonly seed: number;
}

/** Why nothing is said. */
export interface Unexplained {
  readonly unexplained: string;
}

/**
 * Asks the model about rows of its test set in which an input says nothing any more (its values are shuffled), and about rows with each value of an
 * input in turn. Whatever runs the model is asked by the same interface as for its predictions.
 */
export async function explainModel(request: ExplainRequest): Promise<Explanation | Unexplained> {
  const { engine, signature, explain, settings, sample, seed } = request;
  const inputs = lookedAt(request);
  const random = seededRandom(seed);
  const most = Math.max(fewestRows, Math.min(explain.rows, Math.floor(mostPredictions / (explain.repeats * Math.max(1, inputs.length)))));
  const rows = chosenRows(sample, most);
  if (rows.length < fewestRows) return { unexplained: `there are ${rows.length} rows with a label, and ${fewestRows} are needed` };
  const base = takeRows(sample, rows);
  const metric = explanationMetric(settings, signature.task);
  const asked = { engine, testSet: request.testSet, predictions: request.predictions, inputs: signature.inputs, rows };
  const cells = await openAsked(asked);
  const groups = inputsTogether(inputs, cells);
  const ask = async (probes: readonly Probe[], name: string): Promise<readonly Answers[]> =>
    answersTo(request, { probes, rows: rows.length, random, path: join(request.folder, name) });
  try {
    const shuffles = [...inputs.map(({ name }) => [name]), ...groups.map((group) => group.inputs)];
    const answers = await ask(
      shuffles.map((some) => ({ kind: 'shuffled', inputs: some, repeats: explain.repeats })),
      'shuffled',
    );
    const { confidence } = settings.gate;
    const found = answers.map((answer) =>
      permutationImportance(metric, { base, permuted: samplesOf(signature, base, answer) }, { confidence, seed, replicates }),
    );
    const importances = inputs
      .flatMap(({ name }, place) => numbersOf(found[place] ?? null).map((numbers) => ({ input: name, ...numbers })))
      .toSorted((a, b) => b.value - a.value);
    if (importances.length === 0) return { unexplained: `${metric.name} cannot be computed on the rows that were asked about` };
    const drawn = importances.flatMap(({ input }) => {
      const column = signature.inputs.find(({ name }) => name === input);
      return column === undefined || request.personal.has(input) ? [] : (askedInput(column, cells[input] ?? []) ?? []);
    });
    const curves = drawn.slice(0, explain.curves);
    const dependences = await ask(
      curves.map(({ input, values }) => ({ kind: 'fixed', input, values })),
      'fixed',
    );
    return {
      metric: metric.name,
      rows: rows.length,
      repeats: explain.repeats,
      confidence: Number((2 * confidence - 1).toFixed(12)),
      predictions: rows.length * (shuffles.length * explain.repeats + curves.reduce((sum, { values }) => sum + values.length, 0)),
      inputsLeftOut: signature.inputs.length - inputs.length,
      importances,
      together: groups.flatMap((group, place) =>
        numbersOf(found[inputs.length + place] ?? null).map((numbers) => ({ ...group, ...numbers })),
      ),
      dependences: curves.map((curve, place) =>
        dependenceOf(curve, {
          signature,
          ...(dependences[place] ?? { predictions: [], probabilities: [] }),
          rows: rows.length,
          clusters: base.clusters ?? null,
          confidence,
        }),
      ),
    };
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    return { unexplained: error.diagnostics[0].message };
  }
}

function lookedAt({ signature: { inputs }, strengths }: ExplainRequest): readonly FeatureColumn[] {
  if (inputs.length <= mostInputs) return inputs;
  const told = new Map(strengths.map(({ input, explained }) => [input, explained]));
  const strength = ({ name }: FeatureColumn): number => told.get(name) ?? Number.NEGATIVE_INFINITY;
  const chosen = new Set(inputs.toSorted((a, b) => strength(b) - strength(a)).slice(0, mostInputs));
  return inputs.filter((input) => chosen.has(input));
}

interface Answers {
  readonly predictions: readonly Cell[];
  readonly probabilities: readonly Cell[];
}

interface Asked {
  readonly probes: readonly Probe[];
  readonly rows: number;
  readonly random: ReturnType<typeof seededRandom>;
  readonly path: string;
}

/** The answers to each probe. */
async function answersTo(request: ExplainRequest, { probes, rows, random, path }: Asked): Promise<readonly Answers[]> {
  if (probes.length === 0) return [];
  const { engine, program, runnable, signature } = request;
  const [input, output] = [`${path}.parquet`, `${path}.answers.parquet`];
  await writeProbes(engine, { inputs: signature.inputs, probes, rows, random, to: input });
  await program.score(runnable, { signature, input, output });
  const several = signature.task === 'multiclass' || signature.task === 'multilabel';
  const columns = await engine.columns(
    `SELECT prediction${several ? ', probabilities' : ''} FROM read_parquet(${quoteText(output)}) ORDER BY row`,
  );
  let from = 0;
  return probes.map((probe) => {
    const until = from + timesOf(probe) * rows;
    const part = (name: string): readonly Cell[] => (columns[name] ?? []).slice(from, until);
    const answers = { predictions: part('prediction'), probabilities: part('probabilities') };
    from = until;
    return answers;
  });
}

/** One sample for each repeat. */
function samplesOf(signature: Signature, base: Sample, { predictions, probabilities }: Answers): readonly Sample[] {
  const rows = base.truth.length / (base.labels ?? 1);
  return Array.from({ length: predictions.length / rows }, (_, repeat) => {
    const part = (cells: readonly Cell[]): readonly Cell[] => cells.slice(repeat * rows, (repeat + 1) * rows);
    return { ...base, ...sampleOf(signature, base.truth, { predictions: part(predictions), probabilities: part(probabilities) }) };
  });
}

function numbersOf(found: PermutationImportance | null): readonly Omit<PermutationImportance, 'method'>[] {
  if (found === null) return [];
  const { value, low, high, spread } = found;
  return [{ value, low, high, spread }];
}
