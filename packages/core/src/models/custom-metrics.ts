import { join } from 'node:path';
import { failure, shape } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { stepVariables } from '../commands/index.ts';
import type { CustomMetricConfig, Named } from '../config/index.ts';
import { inputOf, type StepContext } from '../pipeline/index.ts';
import { copyFile, eachLine, mkdir, readTextIfThere, runCommand, writeFile } from '../platform/index.ts';
import { metricScriptText } from './metric-script.ts';
import type { TestSet } from './test-set.ts';

export interface CustomMetricsRequest {
  readonly context: StepContext;
  readonly engine: Engine;
  readonly metrics: Named<CustomMetricConfig>;
  readonly testSet: TestSet;
  readonly label: string;
  readonly python: string;
  readonly hasChampion: boolean;
  /** What `writePredictions` wrote. */
  readonly predictions: string;
  readonly to: string;
}

/**
 * Asks the user's functions what each labelled row contributes to their metrics, for the predictions of both models, and adds it to the
 * predictions as columns, so that a verdict can be computed again without Python.
 *
 * @throws TG-MODELS-METRIC-FUNCTION
 */
export async function addCustomMetrics(request: CustomMetricsRequest): Promise<void> {
  const { engine, metrics, predictions, to, hasChampion } = request;
  const models = hasChampion ? (['prediction', 'champion'] as const) : (['prediction'] as const);
  const columns: string[] = [];
  const joins: string[] = [];
  for (const model of models) {
    const rows = await rowsFor(request, model);
    for (const [name, metric] of Object.entries(metrics)) {
      const answer = await ask(request, { name, metric, rows });
      const table = quoteName(`${model}.${name}`);
      joins.push(
        `LEFT JOIN read_json(${quoteText(answer)}, format = 'newline_delimited', columns = {row: 'BIGINT', value: 'DOUBLE', per: 'DOUBLE'}) ${table} ON ${table}.row = p.row`,
      );
      const prefix = model === 'prediction' ? 'custom' : 'champion_custom';
      columns.push(`${table}.value AS ${quoteName(`${prefix}.${name}`)}`, `${table}.per AS ${quoteName(`${prefix}.${name}.per`)}`);
    }
  }
  await engine.run(
    `COPY (SELECT p.*, ${columns.join(', ')} FROM read_parquet(${quoteText(predictions)}) p ${joins.join(' ')} ORDER BY p.row)
     TO ${quoteText(to)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
  );
}

/** The labelled rows as JSON lines: the columns of the test set with what a model predicts of them. @returns path */
async function rowsFor(
  { context, engine, testSet, label, predictions }: CustomMetricsRequest,
  model: 'prediction' | 'champion',
): Promise<string> {
  const folder = join(await context.workspace(), 'metrics');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${model}.jsonl`);
  const described = await engine.describe(`SELECT * FROM read_parquet(${quoteText(predictions)}) LIMIT 0`);
  const probabilities = model === 'prediction' ? 'probabilities' : 'champion_probabilities';
  const given = [
    `p.row AS tidegate_row`,
    `p.${model} AS prediction`,
    ...(described.some(({ name }) => name === probabilities) ? [`p.${probabilities} AS probabilities`] : []),
  ];
  const known = model === 'champion' ? ' AND p.champion_known' : '';
  const names = given.map((one) => one.replace(/^.* AS /, ''));
  const own = testSet.columns.filter((column) => !names.includes(column)).map((column) => `t.${quoteName(column)}`);
  await engine.run(
    `COPY (SELECT ${[...given, ...own].join(', ')} FROM read_parquet(${quoteText(predictions)}) p
     JOIN read_parquet(${quoteText(testSet.path)}, file_row_number = true) t ON t.file_row_number = p.row
     WHERE t.${quoteName(label)} IS NOT NULL AND p.label IS NOT NULL${known} ORDER BY p.row) TO ${quoteText(path)} (FORMAT json)`,
  );
  return path;
}

interface Asked {
  readonly name: string;
  readonly metric: CustomMetricConfig;
  readonly rows: string;
}

/** @returns path of a file of JSON lines: row, value, per */
async function ask({ context, python }: CustomMetricsRequest, { name, metric, rows }: Asked): Promise<string> {
  const { source, artifact } = inputOf(context, metric.file);
  const folder = join(await context.workspace(), 'metrics');
  const [script, file, answer, wrong] = ['script.py', `${name}.py`, `${name}.answer.jsonl`, `${name}.wrong.json`].map((one) =>
    join(folder, one),
  );
  if (script === undefined || file === undefined || answer === undefined || wrong === undefined)
    throw new Error('four names give four paths');
  if (source === null) await context.store.checkOut(artifact.digest, file);
  else await copyFile(source, file);
  await writeFile(script, metricScriptText);
  const scratch = join(folder, 'scratch');
  await mkdir(scratch, { recursive: true });
  const said: string[] = [];
  const { code, signal } = await runCommand([python, script, JSON.stringify({ file, function: metric.function, rows, answer, wrong })], {
    cwd: folder,
    variables: stepVariables({ declared: { PYTHONDONTWRITEBYTECODE: '1' }, python, cpus: context.node.cpus, scratch }),
    signal: context.signal,
    timeoutMs: null,
    onStart: context.ownProcess,
    onText: (_, text) => {
      eachLine(text, (line) => said.push(line));
      context.log('stderr', text);
    },
  });
  context.signal.throwIfAborted();
  if (code === 0) return answer;
  const told = await readTextIfThere(wrong);
  throw unanswered(
    name,
    metric,
    told === null
      ? [`Python ended with ${signal === null ? `exit code ${code}` : `signal ${signal}`}`, ...said.slice(-5)].join('\n')
      : wordsOf(told),
  );
}

const wrongShape = shape.object({ text: shape.required(shape.text()), line: shape.optional(shape.number()) });

function wordsOf(told: string): string {
  const parsed = shape.parse(wrongShape, JSON.parse(told) as unknown);
  if (!parsed.ok) return told;
  const { text, line } = parsed.value;
  return line === undefined ? text : `${text} (line ${line})`;
}

function unanswered(name: string, { file, function: called }: CustomMetricConfig, why: string): Error {
  return failure(
    'TG-MODELS-METRIC-FUNCTION',
    `Cannot measure "custom.${name}" by "${called}" of ${file}: ${why}`,
    'It is given the rows and returns a number for each, or a pair of numbers; see docs/reference/metrics.md',
  );
}
