import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exportMonitoring, openProject, systemPlatform } from '@tidegate/core';
import { type Json, type JsonObject, shape } from '@tidegate/formats';
import { errorOf, parseYaml, readLock, writeLock } from '../../packages/core/src/config/index.ts';
import { parseContract } from '../../packages/core/src/data/contract/parse-contract.ts';
import { loadApiTests } from '../../packages/core/src/deploy/api-tests/load-api-tests.ts';
import { caseFile } from '../../packages/core/src/features/cases/case-file.ts';
import { readDefinitions } from '../../packages/core/src/features/index.ts';
import { projectNodes } from '../../packages/core/src/project/nodes.ts';
import { secretsYaml } from '../../packages/core/src/secrets/secrets-places.ts';
import { type Block, repository } from './blocks.ts';

/**
 * What a block of YAML is: a whole file, or the part of one that stands at `at`. The first line says it:
 * `# features/delay.yaml, in services.delay`; without such a line it is `tidegate.yaml`. A lock file has a first line of its own.
 */
export interface YamlExample {
  readonly file: string;
  readonly at: readonly string[] | null;
  readonly text: string;
}

export function yamlExample({ text }: Block): YamlExample {
  if (text.startsWith('# Inputs that runs of this project are pinned to.')) return { file: 'tidegate.lock', at: null, text };
  const [, file = 'tidegate.yaml', at = null] = /^# ([\w./-]+\.(?:yaml|lock))(?:, in ([\w.]+))?\n/.exec(text) ?? [];
  return { file, at: at === null ? null : at.split('.'), text };
}

/** The example project with a file more, in a temporary folder: what the pages speak of is there. */
interface Surroundings {
  readonly root: string;
  readonly home: string;
}

/** Files of the pages' own that its examples read. */
const mentioned = ['rows.csv', 'fetch.sh', 'fit.R', 'fit.jl', 'Project.toml', 'Manifest.toml', 'make-index', 'imported/delay.onnx'];

type Check = (example: YamlExample, surroundings: Surroundings) => Promise<void>;

const checks: readonly { readonly files: RegExp; readonly check: Check }[] = [
  { files: /^tidegate\.yaml$/, check: checkProject },
  { files: /^tidegate\.lock$/, check: checkLock },
  { files: /^contracts\//, check: checkContract },
  { files: /^features\//, check: checkFeatures },
  { files: /^tests\/api\//, check: checkApiTests },
  { files: /^tests\/features\//, check: checkCases },
  { files: /^prometheus\.yaml$/, check: checkPrometheus },
  { files: /^secrets\.yaml$/, check: checkSecrets },
];

/** Has an example read by the code that reads such files. @throws TidegateError with every mistake in it */
export async function checkYaml(example: YamlExample): Promise<void> {
  const found = checks.find(({ files }) => files.test(example.file));
  if (found === undefined) throw new Error(`nothing reads a file called "${example.file}": say in the first line what the block is`);
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-docs-'));
  const root = join(folder, 'project');
  try {
    cpSync(join(repository, 'examples/flight-delays'), root, { recursive: true, filter: (path) => !/\/(data|build|models)$/.test(path) });
    for (const file of mentioned) write(root, file, '');
    write(root, 'houses.csv', 'area,rooms,price\n');
    write(root, 'renv.lock', '{"R":{},"Packages":{}}');
    await found.check(example, { root, home: join(folder, 'home') });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkSecrets({ file, text }: YamlExample): Promise<void> {
  const parsed = parseYaml(file, text, secretsYaml);
  if (!parsed.ok) throw errorOf(parsed.failure);
}

async function checkProject(example: YamlExample, { root, home }: Surroundings): Promise<void> {
  const value = valueOf(example);
  const whole = isMapping(value) && Object.hasOwn(value, 'version');
  write(root, example.file, whole ? example.text : JSON.stringify(into(aroundProject(root), value, example.at ?? [])));
  const platform = { ...systemPlatform, variables: { ...systemPlatform.variables, TIDEGATE_HOME: home } };
  using project = await openProject({ root, platform, serving: { argv: [], version: '0' } });
  await projectNodes(project);
}

/** The example project, and the dataset of the first ten minutes. */
function aroundProject(root: string): Json {
  const example = valueOf({ file: 'tidegate.yaml', at: null, text: readFileSync(join(root, 'tidegate.yaml'), 'utf8') });
  return into(example, { houses: { from: { files: 'houses.csv' } } }, ['data']);
}

async function checkLock({ file, text }: YamlExample, { root }: Surroundings): Promise<void> {
  write(root, file, text);
  if (await writeLock(root, await readLock(root))) throw new Error('it is not written as Tidegate would write it');
}

async function checkContract(example: YamlExample, { root }: Surroundings): Promise<void> {
  const text = wholeText(example, root);
  const parsed = parseContract({ file: example.file, text, dataset: 'flights' });
  if (!parsed.ok) throw errorOf(parsed.failure);
}

async function checkFeatures(example: YamlExample, { root }: Surroundings): Promise<void> {
  write(root, example.file, wholeText(example, root));
  await readDefinitions(root, 'features/');
}

async function checkApiTests({ file, text }: YamlExample, { root }: Surroundings): Promise<void> {
  write(root, file, text);
  await loadApiTests([{ name: file, path: join(root, file) }], { service: 'delay-api', services: ['delay-api'] });
}

async function checkCases({ file, text }: YamlExample, { root }: Surroundings): Promise<void> {
  const parsed = parseYaml(file, text, caseFile);
  if (!parsed.ok) throw errorOf(parsed.failure);
  const { views, services } = await readDefinitions(root, 'features/');
  for (const { view = null, service = null } of parsed.value) {
    if (view !== null && !Object.hasOwn(views, view)) throw new Error(`the example has no view "${view}"`);
    if (service !== null && !Object.hasOwn(services, service)) throw new Error(`the example has no service "${service}"`);
  }
}

/** By promtool where it is; everywhere by YAML. The rules that it names are those of the example project. */
async function checkPrometheus(example: YamlExample, { root, home }: Surroundings): Promise<void> {
  valueOf(example);
  const platform = { ...systemPlatform, variables: { ...systemPlatform.variables, TIDEGATE_HOME: home } };
  using project = await openProject({ root, platform, serving: { argv: [], version: '0' } });
  await exportMonitoring(project, join(root, 'monitoring'));
  write(root, example.file, example.text);
  const { status, stdout, stderr, error } = spawnSync(promtool, ['check', 'config', example.file], { cwd: root, encoding: 'utf8' });
  if (error === undefined && status !== 0) throw new Error(`${stdout}${stderr}`);
}

const promtool = 'promtool';

/** The file that the example is a part of, with it in its place. */
function wholeText(example: YamlExample, root: string): string {
  if (example.at === null) return example.text;
  const around = valueOf({ ...example, text: readFileSync(join(root, example.file), 'utf8') });
  return JSON.stringify(into(around, valueOf(example), example.at));
}

function valueOf({ file, text }: YamlExample): Json {
  const parsed = parseYaml(file, text, shape.anything());
  if (!parsed.ok) throw errorOf(parsed.failure);
  return parsed.value as Json;
}

/** Puts a value into another at a path: sections and the names in them are put together, items of lists by their `name`; else it replaces. */
function into(around: Json, part: Json, [first, ...rest]: readonly string[]): Json {
  if (first === undefined) return together(around, part, 2);
  if (isList(around)) return around.map((item, index) => (String(index) === first ? into(item, part, rest) : item));
  if (!isMapping(around)) throw new Error(`there is no "${first}" to put the block into`);
  return { ...around, [first]: into(around[first] ?? {}, part, rest) };
}

function together(around: Json, part: Json, depth: number): Json {
  if (isList(around) && isList(part)) return [...around.filter((item) => !part.some((one) => nameOf(one) === nameOf(item))), ...part];
  if (depth === 0 || !isMapping(around) || !isMapping(part)) return part;
  const names = [...new Set([...Object.keys(around), ...Object.keys(part)])];
  return Object.fromEntries(
    names.map((name) => [
      name,
      Object.hasOwn(part, name) ? together(around[name] ?? {}, part[name] ?? null, depth - 1) : (around[name] ?? null),
    ]),
  );
}

function nameOf(value: Json): Json {
  return isMapping(value) ? (value['name'] ?? null) : value;
}

function isMapping(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
