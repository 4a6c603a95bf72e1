import { compareDataset, datasetHistory, type Project } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import { datasetDifferenceLines } from '../../render/dataset-difference-view.ts';
import { rowDifferenceMarkdown } from '../../render/row-difference-view.ts';
import { sourceProgress } from '../../render/read-source-view.ts';
import type { Verb } from '../../verb.ts';
import { datasetName } from './dataset-name.ts';

export const diff: Verb = {
  usage: 'diff NAME [OLD [NEW]] [--last] [--key COLUMNS] [--examples COUNT] [--markdown]',
  options: {
    last: { type: 'boolean', help: 'With "diff": the last two versions that were made here' },
    key: {
      type: 'string',
      value: 'COLUMNS',
      multiple: true,
      help: 'With "diff": columns that tell rows apart, with commas between (default: the key of the table)',
    },
    examples: { type: 'string', value: 'COUNT', help: 'With "diff": at most so many rows of each kind are shown (default: 3)' },
    markdown: { type: 'boolean', help: 'With "diff": as Markdown, for a pull request' },
  },
  examples: [
    { line: 'tidegate data diff flights', does: 'what changed since the version that tidegate.lock pins: files, rows, columns, values' },
    { line: 'tidegate data diff flights HEAD~1 HEAD', does: 'what changed between the versions that two commits pin' },
    {
      line: 'tidegate data diff flights --last --key id',
      does: 'the last two versions, with a row that has the id of before as changed, not as removed and added',
    },
  ],
  run: async ({ project, invocation: { terminal, json, text, texts, flag, signal }, words }) => {
    const name = datasetName(words);
    const [before, after] = flag('last') ? await lastTwo(project, name, words) : [words[1] ?? null, words[2] ?? null];
    const rows = { key: columnsOf(texts('key')), limit: examplesOf(text('examples')) };
    const progress = sourceProgress(terminal, `data.${name}`);
    const difference = await compareDataset(project, name, { before, after, rows, signal, progress });
    if (json) terminal.json(difference);
    if (flag('markdown')) terminal.line(rowDifferenceMarkdown(name, difference));
    else for (const line of datasetDifferenceLines(name, difference, terminal)) terminal.line(line);
  },
};

async function lastTwo(project: Project, name: string, words: readonly string[]): Promise<readonly [string, string]> {
  if (words.length > 1)
    throw failure('TG-CLI-USAGE', 'Cannot compare the last two versions and others as well', 'Leave out "--last", or the versions');
  const [after, before] = await datasetHistory(project, name.replace(/\.quarantine$/, ''));
  if (before !== undefined && after !== undefined) return [before.digest, after.digest];
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot compare versions of "data.${name}": there are fewer than two here`,
    `Run "tidegate data log ${name}" for its versions; a commit, branch or tag names the one that it pins`,
  );
}

function columnsOf(texts: readonly string[]): readonly string[] | null {
  return texts.length === 0 ? null : texts.flatMap((text) => text.split(',').map((column) => column.trim()));
}

function examplesOf(word = '3'): number {
  const count = Number(word);
  if (/^\d{1,6}$/.test(word)) return count;
  throw failure('TG-CLI-USAGE', `Cannot show "${word}" examples: it must be a whole number`, 'Write "--examples 10"');
}
