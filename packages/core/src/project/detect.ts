import { basename, join } from 'node:path';
import { openEngine, quoteName, quoteText } from '@tidegate/runtime';
import type { MetricName } from '@tidegate/formats';
import { readdir, readFile } from '../platform/index.ts';

/** What `init` found in a folder: enough for a `tidegate.yaml`, or what is missing. */
export interface Detected {
  /** Data files, the one that the script names first. */
  readonly data: readonly string[];
  readonly scripts: readonly string[];
  /** File the script saves the model to, e.g. `model.pkl`; null when its text names none. */
  readonly artifact: string | null;
  readonly columns: readonly string[];
  /** The column the script seems to predict; null when that cannot be told. */
  readonly label: string | null;
  /** Metrics that fit the label's values, the primary one first. */
  readonly metrics: readonly MetricName[];
  readonly requirements: string | null;
}

export interface Choices {
  readonly data?: string;
  readonly script?: string;
  readonly label?: string;
}

const dataForm = /\.(csv|parquet|jsonl|ndjson)$/i;
const artifactForm = /['"]([\w./-]+\.(?:pkl|pickle|joblib|onnx))['"]/g;

/** Looks at the folder's top and at `data/`; runs nothing. What is chosen is taken, the rest is told from names and texts. */
export async function detectProject(root: string, choices: Choices = {}): Promise<Detected> {
  const names = await namesIn(root);
  const scripts = choices.script === undefined ? rankScripts(await scriptsOf(root, names)) : [choices.script];
  const text = scripts[0] === undefined ? '' : await readFile(join(root, scripts[0]), 'utf8');
  const found = [...names, ...(await namesIn(join(root, 'data'))).map((name) => `data/${name}`)].filter((name) => dataForm.test(name));
  const data =
    choices.data === undefined
      ? found.toSorted((a, b) => Number(text.includes(basename(b))) - Number(text.includes(basename(a))))
      : [choices.data];
  const columns = data[0] === undefined ? [] : await columnsOf(join(root, data[0]));
  const label = choices.label ?? labelOf(text, columns);
  return {
    data,
    scripts,
    artifact: [...text.matchAll(artifactForm)].at(-1)?.[1] ?? null,
    columns,
    label: label === null || columns.includes(label) ? label : null,
    metrics: data[0] === undefined || label === null || !columns.includes(label) ? [] : await metricsFor(join(root, data[0]), label),
    requirements:
      names.includes('requirements.txt') && (await readFile(join(root, 'requirements.txt'), 'utf8')).includes('--hash=')
        ? 'requirements.txt'
        : null,
  };
}

/** The least file that works; `name` becomes the dataset's and the model's name. */
export function projectFile(choice: {
  readonly data: string;
  readonly script: string;
  readonly artifact: string;
  readonly label: string;
  readonly metrics: readonly string[];
  readonly requirements: string | null;
}): string {
  const name = basename(choice.data)
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '');
  const model = choice.label.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'model';
  return [
    'version: 1',
    `data: { ${name}: { from: { files: ${plain(choice.data)} } } }`,
    `steps: { train: { run: ${plain(`python ${choice.script}`)}, out: { model: ${plain(choice.artifact)} } } }`,
    `models: { ${model}: { artifact: steps.train.model, evaluate: { on: data.${name}, label: ${plain(choice.label)}, metrics: [${choice.metrics.join(', ')}] } } }`,
    ...(choice.requirements === null ? [] : [`python: { requirements: ${choice.requirements} }`]),
    '',
  ].join('\n');
}

/** A text as YAML inside a flow mapping: quoted where it could mean something else. */
function plain(text: string): string {
  return /^[A-Za-z_][\w ./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
}

async function scriptsOf(root: string, names: readonly string[]): Promise<readonly { name: string; text: string }[]> {
  return Promise.all(
    names.filter((name) => name.endsWith('.py')).map(async (name) => ({ name, text: await readFile(join(root, name), 'utf8') })),
  );
}

/** `train.py` first, then what fits something and saves it. */
function rankScripts(scripts: readonly { name: string; text: string }[]): readonly string[] {
  const score = ({ name, text }: { name: string; text: string }): number =>
    (name === 'train.py' ? 4 : name.includes('train') ? 2 : 0) +
    (text.includes('.fit(') ? 1 : 0) +
    (text.search(artifactForm) >= 0 ? 1 : 0);
  return scripts
    .filter((script) => score(script) > 0)
    .toSorted((a, b) => score(b) - score(a))
    .map((script) => script.name);
}

/** The column that the script takes out of the table or names its target: `drop(columns="price")`, `y = data["price"]`, `target = "price"`. */
function labelOf(text: string, columns: readonly string[]): string | null {
  const forms = [
    /\b(?:y|target|label|labels)\w*\s*=\s*[\w.]*\[?\s*['"]([^'"]+)['"]/g,
    /\.pop\(\s*['"]([^'"]+)['"]/g,
    /drop\(\s*(?:columns\s*=\s*)?\[?\s*['"]([^'"]+)['"]/g,
    /\b(?:LABEL|TARGET)\b\s*=\s*['"]([^'"]+)['"]/g,
  ];
  for (const form of forms) {
    const named = [...text.matchAll(form)].map((match) => match[1] ?? '').find((name) => columns.includes(name));
    if (named !== undefined) return named;
  }
  return null;
}

function reader(path: string): string {
  if (/\.parquet$/i.test(path)) return `read_parquet(${quoteText(path)})`;
  return /\.csv$/i.test(path) ? `read_csv(${quoteText(path)})` : `read_json(${quoteText(path)})`;
}

async function columnsOf(path: string): Promise<readonly string[]> {
  using engine = await openEngine();
  return (await engine.describe(`SELECT * FROM ${reader(path)}`)).map((column) => column.name);
}

/** Two values: a binary label; other text or few whole numbers: several classes; numbers otherwise: a regression. */
async function metricsFor(path: string, label: string): Promise<readonly MetricName[]> {
  using engine = await openEngine();
  const column = quoteName(label);
  const [row] = await engine.rows(`SELECT count(DISTINCT ${column}) AS values, any_value(typeof(${column})) AS type FROM ${reader(path)}`);
  const values = Number(row?.['values'] ?? 0);
  const numeric = /INT|DOUBLE|FLOAT|DECIMAL/.test(String(row?.['type']));
  if (values === 2) return ['auc', 'log_loss'];
  if (!numeric || (values <= 10 && /INT/.test(String(row?.['type'])))) return ['accuracy', 'log_loss'];
  return ['rmse', 'r2'];
}
