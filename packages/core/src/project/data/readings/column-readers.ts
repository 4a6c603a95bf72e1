import { join } from 'node:path';
import { TidegateError } from '@tidegate/formats';
import { datasetsNamedBy, type FeatureDefinitions } from '../../../features/index.ts';
import { isGlob, type StepNode } from '../../../pipeline/index.ts';
import { entryAt, readTextIfThere } from '../../../platform/index.ts';
import { contractOf } from './dataset-readings.ts';
import { featureDefinitions } from '../../features/feature-definitions.ts';
import { projectNodes } from '../../nodes.ts';
import type { Project } from '../../project.ts';

/** Something of the project that names a column of a dataset. */
export interface ColumnReader {
  readonly column: string;
  /** `features.delay`, `models.price`, `steps.train`, `data.weather`. */
  readonly name: string;
  /** Where: `label`, `contracts/weather.odcs.yaml`, `train.py:12`. */
  readonly where: string;
}

/**
 * What names columns of a dataset: its data contract and settings, SQL of features, models that are evaluated on it, and lines of the files of steps that read it. A
 * step may read a column without naming it, and SQL or a script may name another one of the same name: it is a list of places to look at.
 */
export async function columnReaders(project: Project, dataset: string, columns: readonly string[]): Promise<readonly ColumnReader[]> {
  if (columns.length === 0) return [];
  const contract = await contractOf(project, dataset).catch(orNull);
  const definitions = await featureDefinitions(project).catch(orNull);
  const nodes = await projectNodes(project, {}).catch(orNull);
  const texts = nodes === null ? [] : await stepTexts(project, dataset, nodes);
  return columns.flatMap((column) => [
    ...(contract?.columns.some(({ name }) => name === column) === true
      ? [reader(column, `data.${dataset}`, contractFile(project, dataset))]
      : []),
    ...settingsNaming(project, dataset, column),
    ...sqlNaming(definitions, dataset, column),
    ...modelsNaming(project, dataset, column),
    ...texts.flatMap(({ step, path, text }) => linesNaming(text, column).map((line) => reader(column, step, `${path}:${line}`))),
  ]);
}

function reader(column: string, name: string, where: string): ColumnReader {
  return { column, name, where };
}

/** What has mistakes is told by whoever runs it. */
function orNull(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}

function contractFile({ config }: Project, dataset: string): string {
  return config.data[dataset]?.contract ?? 'its data contract';
}

function settingsNaming({ config }: Project, dataset: string, column: string): readonly ColumnReader[] {
  const { time, table } = config.data[dataset] ?? {};
  const found = [
    time === column ? 'time' : null,
    table?.key.includes(column) === true ? 'key' : null,
    hasWord(table?.partition ?? '', column) ? 'partitions' : null,
  ];
  return found.flatMap((setting) => (setting === null ? [] : [reader(column, `data.${dataset}`, setting)]));
}

function sqlNaming(definitions: FeatureDefinitions | null, dataset: string, column: string): readonly ColumnReader[] {
  return Object.entries(definitions?.services ?? {})
    .filter(([, service]) => datasetsNamedBy(service, [dataset]).length > 0)
    .flatMap(([name, { rows, views }]) =>
      [rows, ...views.map(({ view }) => view.source)]
        .filter(({ sql }) => hasWord(sql.toLowerCase(), dataset.toLowerCase()) && hasWord(sql.toLowerCase(), column.toLowerCase()))
        .map(({ what, file }) => reader(column, `features.${name}`, file === null ? what : `${what} in ${file}`)),
    );
}

function modelsNaming({ config }: Project, dataset: string, column: string): readonly ColumnReader[] {
  return Object.entries(config.models).flatMap(([name, { evaluate }]) => {
    if (evaluate.on.kind !== 'data' || evaluate.on.dataset !== dataset) return [];
    const parts = [
      evaluate.label === column ? 'label' : null,
      evaluate.slices.includes(column) ? 'slices' : null,
      evaluate.ignore.includes(column) ? 'ignore' : null,
    ];
    return parts.flatMap((part) => (part === null ? [] : [reader(column, `models.${name}`, part)]));
  });
}

interface StepText {
  readonly step: string;
  readonly path: string;
  readonly text: string;
}

/** Longer files are data, or made by a program. */
const longestText = 262_144;

/** The files that steps name which read the dataset. */
async function stepTexts({ root }: Project, dataset: string, nodes: readonly StepNode[]): Promise<readonly StepText[]> {
  const texts: StepText[] = [];
  for (const { name, inputs } of nodes) {
    if (!name.startsWith('steps.') || !inputs.some((input) => input.from === 'step' && input.step === `data.${dataset}`)) continue;
    for (const path of new Set(inputs.flatMap((input) => (input.from === 'project' && !isGlob(input.pattern) ? [input.pattern] : [])))) {
      const found = entryAt(join(root, path));
      if (found === null || !found.isFile() || found.size > BigInt(longestText)) continue;
      texts.push({ step: name, path, text: (await readTextIfThere(join(root, path))) ?? '' });
    }
  }
  return texts;
}

/** Most lines that are told of one file. */
const mostLines = 3;

function linesNaming(text: string, column: string): readonly number[] {
  return text
    .split('\n')
    .flatMap((line, index) => (hasWord(line, column) ? [index + 1] : []))
    .slice(0, mostLines);
}

/** Whether a text has a name in it, and not as a part of a longer one. */
function hasWord(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0 && name !== ''; at = text.indexOf(name, at + 1))
    if (!/[\p{L}\p{N}_]/u.test(text[at - 1] ?? ' ') && !/[\p{L}\p{N}_]/u.test(text[at + name.length] ?? ' ')) return true;
  return false;
}
