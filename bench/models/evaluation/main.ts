import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from '../../../packages/runtime/src/index.ts';
import { treeUsage, type Usage } from '../../engine/usage.ts';
import { install } from '../../validation/installs.ts';

/**
 * How long an evaluation takes beside other tools: `node bench/models/evaluation/main.ts [--rows N] [--few N] [--folder DIR] [--only tidegate,mlflow,tfma] [--write]`. The
 * same predictions for all: two classes, a slice column of 20 values. TFMA has a few of the rows, for all of them it would need hours, and Tidegate those few as well. `--write` writes RESULTS.md.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    few: { type: 'string', default: '10000' },
    folder: { type: 'string', default: join(tmpdir(), 'tidegate-bench-models') },
    only: { type: 'string', default: 'tidegate,mlflow,tfma' },
    write: { type: 'boolean', default: false },
  },
});
const rows = Number(values.rows);
const few = Math.min(rows, Number(values.few));
const folder = resolve(values.folder);
const only = values.only.split(',');
mkdirSync(folder, { recursive: true });
const lines: string[] = [];
const tools = [
  ['tidegate', () => runTidegate(rows)],
  ['mlflow', () => runMlflow(rows)],
  ['tidegate', () => runTidegate(few)],
  ['tfma', () => runTfma(few)],
] as const;
for (const [name, run] of tools) {
  if (!only.includes(name)) continue;
  const line = await run();
  lines.push(line);
  console.log(line);
}
if (values.write) writeFileSync(join(import.meta.dirname, 'RESULTS.md'), page(lines));

/** Scores that tell the classes apart a little, the two models' alike: by a hash, the same every time. */
async function writePredictions(count: number): Promise<string> {
  const predictions = join(folder, `predictions-${count}.parquet`);
  using engine = await openEngine({ threads: 2 });
  const uniform = (salt: number): string => `((hash(i, ${salt}) % 1000003) / 1000003.0)`;
  const score = (salt: number): string =>
    `greatest(0.001, least(0.999, 0.25 + 0.3 * label::INT + 0.5 * (${uniform(salt)} - 0.5) + 0.4 * (${uniform(3)} - 0.5)))`;
  await engine.run(
    `COPY (SELECT *, ${score(4)} AS prediction, ${score(5)} AS champion FROM (
    SELECT i AS row, 'r' || i AS id, CAST(${uniform(1)} < 0.3 AS VARCHAR) AS label, 's' || (hash(i, 2) % 20) AS "slice.part", i FROM range(${count}) r(i)) t(row, id, label, "slice.part", i))
    TO '${predictions}' (FORMAT parquet)`.replaceAll('label::INT', "(label = 'true')::INT"),
  );
  await engine.run(`COPY (SELECT row, id, label, "slice.part", prediction, false AS trained, true AS champion_known, champion, false AS champion_trained FROM read_parquet('${predictions}') ORDER BY row)
    TO '${predictions}.judged' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`);
  return predictions;
}

async function runTidegate(count: number): Promise<string> {
  const predictions = await writePredictions(count);
  const command = [process.execPath, join(import.meta.dirname, 'judge.ts'), `${predictions}.judged`];
  const usage = await treeUsage(command, { cwd: folder, env: process.env });
  return rowOf(
    { name: 'Tidegate', count },
    'auc, pr_auc, accuracy, precision, recall, f1, log_loss, brier: whole and 20 slices, each with an interval, f1 of 2,000 bootstrap replicates; both models, and the comparison over all rows and in each slice',
    usage,
  );
}

async function runMlflow(count: number): Promise<string> {
  const predictions = await writePredictions(count);
  const installed = install(folder, { name: 'mlflow', packages: ['mlflow==3.17.2', 'scikit-learn', 'pandas', 'pyarrow', 'matplotlib'] });
  if (typeof installed === 'string') return `| MLflow | ${count} | could not be installed: ${installed} | | | |`;
  const usage = await treeUsage([installed.python, join(import.meta.dirname, 'peers/mlflow_evaluate.py'), predictions], {
    cwd: folder,
    env: { ...process.env, MLFLOW_TRACKING_URI: `sqlite:///${join(folder, 'mlflow.db')}` },
  });
  return rowOf(
    { name: `MLflow ${installed.version}`, count },
    '`mlflow.models.evaluate`, its default metrics of a classifier: whole and 20 slices, without intervals; one model',
    usage,
  );
}

/** By uv, for pip was still looking for packages that fit each other after 500 s. */
async function runTfma(count: number): Promise<string> {
  const predictions = await writePredictions(count);
  const installed = install(folder, { name: 'tfma', packages: ['tensorflow-model-analysis==0.52.0', 'pandas', 'pyarrow'], resolver: 'uv' });
  if (typeof installed === 'string') return `| TFMA 0.52.0 | ${count} | could not be installed: ${installed.replaceAll('|', '/')} | | | |`;
  const usage = await treeUsage([installed.python, join(import.meta.dirname, 'peers/tfma_evaluate.py'), predictions], {
    cwd: folder,
    env: process.env,
    killAfterSeconds: 900,
  });
  return rowOf(
    { name: `TFMA ${installed.version}`, count },
    '`analyze_raw_data`: AUC, AUC of precision and recall, accuracy, precision, recall, cross-entropy: whole and 20 slices, with the intervals of 20 Poisson replicates; one model',
    usage,
  );
}

interface Told {
  readonly name: string;
  readonly count: number;
}

function rowOf({ name, count }: Told, what: string, { code, wallSeconds, cpuSeconds, peakBytes, output }: Usage): string {
  if (code !== 0)
    return `| ${name} | ${count.toLocaleString('en-US')} | ended with ${code}: ${output.trim().split('\n').at(-1)?.replaceAll('|', '/') ?? ''} | | | |`;
  return `| ${name} | ${count.toLocaleString('en-US')} | ${what} | ${wallSeconds.toFixed(1)} s | ${cpuSeconds.toFixed(1)} s | ${Math.round(peakBytes / 1e6)} MB |`;
}

function page(shown: readonly string[]): string {
  return `# How long an evaluation takes

Written by \`node bench/models/evaluation/main.ts --write\`: predictions of two classes, one slice column of 20 values, from one Parquet file, on two
cores with other work on them. Each tool is a process of its own, its start included; memory is the largest resident set. What they do differs, and is
said. Above 10,000 rows \`f1\` draws 10,000 groups of rows 2,000 times, \`pr_auc\` leaves 200 groups out in turn; the others have formulas
([metrics](../../../docs/reference/metrics.md)).

| tool | rows | what it does | time | CPU | memory |
|---|---|---|---|---|---|
${shown.join('\n')}
`;
}
