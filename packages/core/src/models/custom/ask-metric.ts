import { join } from 'node:path';
import { failure, type Json, shape } from '@tidegate/formats';
import { pythonLauncher, stepVariables } from '../../commands/index.ts';
import type { CustomMetricConfig } from '../../config/index.ts';
import { inputOf, type StepContext } from '../../pipeline/index.ts';
import { copyFile, eachLine, mkdir, readTextIfThere, runCommand, sandboxScratch, writeFile } from '../../platform/index.ts';
import { metricScriptText } from './metric-script.ts';

export interface MetricQuestion {
  readonly context: StepContext;
  readonly python: string;
  readonly name: string;
  readonly metric: CustomMetricConfig;
  /** Names the folder of this question. */
  readonly about: string;
  /** Writes the rows as JSON lines to a path. */
  readonly writeRows: (path: string) => Promise<void>;
  /** What the script is told besides file, function and rows. */
  readonly told: { readonly [name: string]: Json };
}

/**
 * Asks a function of the user, in the sandbox of a step where one works: it sees its own file, its packages and the rows.
 *
 * @returns path of what it answered
 * @throws TG-MODELS-METRIC-FUNCTION
 */
export async function askMetric(question: MetricQuestion): Promise<string> {
  const { context, python, name, metric, about, writeRows, told } = question;
  const folder = join(await context.workspace(), 'metrics', about);
  const launcher = await pythonLauncher({ python, shown: [], folder, platform: context.platform });
  const [work, scratch] = [join(folder, 'work'), join(folder, 'scratch')];
  await mkdir(work, { recursive: true });
  await mkdir(scratch, { recursive: true });
  const { source, artifact } = inputOf(context, metric.file);
  const file = `${name}.py`;
  if (source === null) await context.store.checkOut(artifact.digest, join(work, file));
  else await copyFile(source, join(work, file));
  await writeRows(join(work, 'rows.jsonl'));
  const names = { file, function: metric.function, rows: 'rows.jsonl', answer: 'answer.json', wrong: 'wrong.json', of: metric.of };
  await writeFile(join(work, 'request.json'), JSON.stringify({ ...told, ...names }));
  await writeFile(join(work, 'script.py'), metricScriptText);
  const said: string[] = [];
  const isSandbox = launcher.kind === 'sandbox';
  const { code, signal } = await runCommand([...(isSandbox ? launcher.argv : []), python, 'script.py'], {
    cwd: work,
    variables: stepVariables({ declared: {}, python, cpus: context.node.cpus, scratch: isSandbox ? sandboxScratch : scratch }),
    signal: context.signal,
    timeoutMs: null,
    onStart: context.ownProcess,
    onText: (_, text) => {
      eachLine(text, (line) => said.push(line));
      context.log('stderr', text);
    },
    ...(isSandbox && { isSandbox }),
  });
  context.signal.throwIfAborted();
  if (code === 0) return join(work, names.answer);
  const why = await readTextIfThere(join(work, names.wrong));
  throw unanswered(
    name,
    metric,
    why === null
      ? [`Python ended with ${signal === null ? `exit code ${code}` : `signal ${signal}`}`, ...said.slice(-5)].join('\n')
      : wordsOf(why),
  );
}

const wrongShape = shape.object({ text: shape.required(shape.text()), line: shape.optional(shape.number()) });

function wordsOf(told: string): string {
  const parsed = shape.parse(wrongShape, JSON.parse(told) as unknown);
  if (!parsed.ok) return told;
  const { text, line } = parsed.value;
  return line === undefined ? text : `${text} (line ${line})`;
}

/** The error of a function that does not answer. */
export function unanswered(name: string, { file, function: called, of }: CustomMetricConfig, why: string): Error {
  const wanted = of === 'rows' ? 'a number for each, or a pair of numbers' : 'one number for all of them';
  return failure(
    'TG-MODELS-METRIC-FUNCTION',
    `Cannot measure "custom.${name}" by "${called}" of ${file}: ${why}`,
    `It is given the rows and returns ${wanted}; see docs/reference/metrics.md`,
  );
}
