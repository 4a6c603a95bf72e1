import { basename, join } from 'node:path';
import { failure, nearest, type Signature, TidegateError } from '@tidegate/formats';
import { type Cell, type Engine, quoteText } from '@tidegate/runtime';
import { loadYamlFile } from '../../config/index.ts';
import type { StepContext } from '../../pipeline/index.ts';
import { mkdir } from '../../platform/index.ts';
import type { ScoredModel } from '../robustness/score-corrupted.ts';
import type { ModelProgram } from '../serving-process.ts';
import type { TestSet } from '../test-set.ts';
import { behaviourFile } from './behaviour-file.ts';
import { type SuiteTest, writeCaseRows } from './case-rows.ts';
import { type Answer, keeps } from './judge-case.ts';

export interface BehaviourRequest {
  readonly context: StepContext;
  readonly engine: Engine;
  readonly program: ModelProgram;
  readonly testSet: TestSet;
  readonly model: string;
  readonly candidate: ScoredModel;
  readonly champion: ScoredModel | null;
  readonly folder: string;
}

/** What became of one test. */
export interface BehaviourResult {
  readonly suite: string;
  readonly name: string;
  readonly kind: 'function' | 'same' | 'direction';
  /** Rows, or changes of rows, that count. */
  readonly cases: number;
  readonly failures: number;
  /** Null where the champion was not asked. */
  readonly champion: {
    readonly failures: number;
    /** Cases that only the candidate fails, and that only the champion fails. */ readonly onlyCandidate: number;
    readonly onlyChampion: number;
  } | null;
  /** The first failures: what the model said before, and after a change. */
  readonly examples: readonly { readonly pair: number; readonly before: string; readonly after: string | null }[];
}

const shownExamples = 3;

/** Lets both models answer every test of the suites among the inputs. @throws TG-MODELS-BEHAVIOUR, and what reading YAML throws */
export async function runBehaviour(request: BehaviourRequest): Promise<readonly BehaviourResult[]> {
  const { engine, program, testSet, candidate, champion, folder } = request;
  await mkdir(folder, { recursive: true });
  const tests = await loadSuites(request);
  if (tests.length === 0) return [];
  const input = join(folder, 'cases.parquet');
  await writeCaseRows(engine, { tests, testSet, inputs: candidate.signature.inputs, to: input });
  const own = await answersOf(engine, { program, model: candidate, input, output: join(folder, 'candidate.parquet') });
  const theirs =
    champion === null
      ? null
      : await answersOf(engine, { program, model: champion, input, output: join(folder, 'champion.parquet') }).catch((error: unknown) => {
          if (error instanceof TidegateError) return null;
          throw error;
        });
  return tests.map(({ suite, test }, place) =>
    resultOf({ suite, test }, own.get(place) ?? new Map(), theirs?.get(place) ?? null, candidate.signature),
  );
}

async function loadSuites({ context, model, candidate }: BehaviourRequest): Promise<readonly SuiteTest[]> {
  const names = candidate.signature.inputs.map(({ name }) => name);
  const tests: SuiteTest[] = [];
  for (const { name, source, artifact } of context.inputs.filter((input) => /\.ya?ml$/.test(input.name))) {
    const { value } = await loadYamlFile(source ?? (await context.store.pathOf(artifact.digest)), behaviourFile, name);
    const suite = basename(name).replace(/\.ya?ml$/, '');
    for (const test of value.tests) {
      const inputs = test.kind === 'function' ? test.rows.flatMap((row) => Object.keys(row)) : Object.keys(test.change);
      const unknown = inputs.find((input) => !names.includes(input));
      if (unknown !== undefined) throw unknownInput({ model, file: name, test: test.name, unknown, names });
      if (test.kind === 'direction' && !['binary', 'regression'].includes(candidate.signature.task))
        throw noDirection(candidate.signature, { file: name, test: test.name });
      tests.push({ suite, test });
    }
  }
  return tests;
}

function unknownInput({
  model,
  file,
  test,
  unknown,
  names,
}: {
  readonly model: string;
  readonly file: string;
  readonly test: string;
  readonly unknown: string;
  readonly names: readonly string[];
}): Error {
  const near = nearest(unknown, names);
  return failure(
    'TG-MODELS-BEHAVIOUR',
    `Cannot try "${test}" of ${file}: the model "${model}" takes no input "${unknown}"`,
    near === null ? `Inputs: ${names.join(', ')}` : `Did you mean "${near}"?`,
  );
}

function noDirection({ task }: Signature, { file, test }: { readonly file: string; readonly test: string }): Error {
  return failure(
    'TG-MODELS-BEHAVIOUR',
    `Cannot try "${test}" of ${file}: a model of the task ${task} gives no single number that could move one way`,
    'Let the test expect "same", or write rows with a "label"',
  );
}

type Answers = ReadonlyMap<number, ReadonlyMap<number, { readonly before: Answer | null; readonly after: Answer | null }>>;

/** @returns answers by test and pair */
async function answersOf(
  engine: Engine,
  {
    program,
    model,
    input,
    output,
  }: { readonly program: ModelProgram; readonly model: ScoredModel; readonly input: string; readonly output: string },
): Promise<Answers> {
  await program.score(model.runnable, { signature: model.signature, input, output });
  const several = model.signature.task === 'multiclass' || model.signature.task === 'multilabel';
  const rows = await engine.rows(
    `SELECT c.test, c.pair, c.side, p.prediction${several ? ', p.probabilities' : ''} FROM read_parquet(${quoteText(input)}, file_row_number = true) c
     JOIN read_parquet(${quoteText(output)}) p ON p.row = c.file_row_number ORDER BY c.test, c.pair, c.side`,
  );
  const answers = new Map<number, Map<number, { before: Answer | null; after: Answer | null }>>();
  for (const row of rows) {
    const [test, pair] = [Number(row['test']), Number(row['pair'])];
    const own = answers.get(test) ?? new Map<number, { before: Answer | null; after: Answer | null }>();
    const both = own.get(pair) ?? { before: null, after: null };
    const answer = answerOf(row['prediction'] ?? null, row['probabilities'] ?? null);
    own.set(pair, Number(row['side']) === 0 ? { ...both, before: answer } : { ...both, after: answer });
    answers.set(test, own);
  }
  return answers;
}

function answerOf(prediction: Cell, probabilities: Cell): Answer {
  const list = (cell: Cell): readonly Cell[] | null => (Array.isArray(cell) ? (cell as readonly Cell[]) : null);
  const labels = list(prediction);
  return {
    prediction: labels !== null ? labels.map(String) : typeof prediction === 'string' ? prediction : Number(prediction),
    probabilities: list(probabilities)?.map(Number) ?? null,
  };
}

type TestAnswers = ReadonlyMap<number, { readonly before: Answer | null; readonly after: Answer | null }>;

function resultOf({ suite, test }: SuiteTest, own: TestAnswers, theirs: TestAnswers | null, signature: Signature): BehaviourResult {
  const passes = (answers: TestAnswers, pair: number): boolean => {
    const { before = null, after = null } = answers.get(pair) ?? {};
    return before !== null && keeps(test, before, after, signature);
  };
  const pairs = [...own.keys()];
  const failed = pairs.filter((pair) => !passes(own, pair));
  const championFailed = theirs === null ? null : new Set(pairs.filter((pair) => !passes(theirs, pair)));
  const isFailed = new Set(failed);
  return {
    suite,
    name: test.name,
    kind: test.kind,
    cases: pairs.length,
    failures: failed.length,
    champion: championFailed && {
      failures: championFailed.size,
      onlyCandidate: failed.filter((pair) => !championFailed.has(pair)).length,
      onlyChampion: [...championFailed].filter((pair) => !isFailed.has(pair)).length,
    },
    examples: failed.slice(0, shownExamples).map((pair) => {
      const { before = null, after = null } = own.get(pair) ?? {};
      return { pair, before: String(before?.prediction ?? ''), after: after === null ? null : String(after.prediction) };
    }),
  };
}
