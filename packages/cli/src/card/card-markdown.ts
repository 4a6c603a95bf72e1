import type { ModelFacts } from '@tidegate/core';
import type { Evaluation, Task } from '@tidegate/formats';
import { Markdown, type Piece, table } from '../ci/markdown.ts';
import { cardSections } from './card-sections.ts';
import { type MeasuredSection, measuredSections } from './measured-sections.ts';

/** The card as Markdown, with the front matter that Hugging Face's Hub reads. */
export function cardMarkdown(facts: ModelFacts): string {
  const sections = cardSections(facts).map(({ title, rows }) =>
    [
      `## ${title}`,
      tableText(
        ['', ''],
        rows.map(([name, value]) => [name, value ?? unknown]),
      ),
    ].join('\n\n'),
  );
  return `${[frontMatter(facts), `# ${facts.model}`, madeFrom, ...sections, ...measuredSections(facts).map(measuredPart)].join('\n\n')}\n`;
}

const unknown = new Markdown('_unknown_');

function tableText(head: readonly string[], rows: readonly (readonly Piece[])[]): string {
  return table(head, rows, 500)?.text ?? '';
}

const madeFrom = 'Written by Tidegate from records alone. What they do not say is unknown.';

function measuredPart({ title, head, rows }: MeasuredSection): string {
  return `## ${title}\n\n${rows.length === 0 ? unknown.text : tableText(head, rows)}`;
}

const pipelines: Readonly<Record<Task, string>> = {
  binary: 'tabular-classification',
  multiclass: 'tabular-classification',
  multilabel: 'tabular-classification',
  regression: 'tabular-regression',
};

/** Fields of `modelcard.md` of huggingface/hub-docs that records can fill; JSON is YAML, so texts are quoted as JSON. */
function frontMatter({ model, version, record, evaluation, datasets }: ModelFacts): string {
  const task = pipelines[record.signature.task];
  const dataset = testDataset(evaluation) ?? 'unknown';
  const results =
    evaluation === null || evaluation.metrics.length === 0
      ? []
      : [
          'model-index:',
          `- name: ${JSON.stringify(model)}`,
          '  results:',
          `  - task: { type: ${task} }`,
          `    dataset: { type: ${JSON.stringify(dataset)}, name: ${JSON.stringify(dataset)}, revision: ${JSON.stringify(evaluation.testSet)} }`,
          '    metrics:',
          ...evaluation.metrics.map(({ name, value }) => `    - { type: ${name}, value: ${value} }`),
        ];
  const names = (datasets ?? []).map(({ name }) => `- ${JSON.stringify(name)}`);
  return [
    '---',
    `library_name: ${record.flavor === 'onnx' ? 'onnx' : record.flavor === 'pickle' ? 'sklearn' : 'python'}`,
    `pipeline_tag: ${task}`,
    ...(names.length === 0 ? [] : ['datasets:', ...names]),
    'tags:',
    '- tidegate',
    `tidegate_version: ${JSON.stringify(version)}`,
    ...results,
    '---',
  ].join('\n');
}

/** What the model was evaluated on, as `tidegate.yaml` names it. */
export function testDataset(evaluation: Evaluation | null): string | null {
  const settings = evaluation?.replay.request['settings'];
  if (typeof settings !== 'object' || settings === null || !('evaluate' in settings)) return null;
  const { on } = settings['evaluate'] as { readonly on?: { readonly dataset?: string; readonly service?: string } };
  return on?.dataset ?? on?.service ?? null;
}
