import { relative, resolve } from 'node:path';
import { driftOfDataset, writeFileAtomically } from '@tidegate/core';
import { exitOfVerdict, failure } from '@tidegate/formats';
import { driftLines } from '../../render/drift-view.ts';
import { driftMarkdown } from '../../render/drift-markdown.ts';
import { sourceProgress } from '../../render/read-source-view.ts';
import { driftPage } from '../../report/drift-page.ts';
import type { Verb } from '../../verb.ts';
import { version } from '../../version.ts';
import { datasetName } from './dataset-name.ts';

export const drift: Verb = {
  usage:
    'drift NAME [OLD [NEW]] [--against training|VERSION] [--file FILE] [--from-profiles] [--columns-only] [--slices] [--outcome COLUMN] [--markdown] [--html FILE]',
  options: {
    against: {
      type: 'string',
      value: 'VERSION',
      help: 'With "drift": the version to compare with, or "training" for what the live model was trained on; a version after NAME is the later one then',
    },
    file: { type: 'string', value: 'FILE', help: 'With "drift": the rows of a Parquet, CSV or JSON lines file as the later ones' },
    'from-profiles': {
      type: 'boolean',
      help: 'With "drift": as the profiles of the two versions tell, without reading rows: single columns, with the error of what a profile counts',
    },
    'columns-only': { type: 'boolean', help: 'With "drift": only column by column, not what they do together' },
    slices: { type: 'boolean', help: 'With "drift": also where it moved: slices of the rows, ranked by what that does to the outcome' },
    outcome: {
      type: 'string',
      value: 'COLUMN',
      help: 'With "drift --slices": a column of numbers or of two classes, such as a prediction, whose mean ranks slices (default: the label of a model that is evaluated on the dataset)',
    },
    markdown: { type: 'boolean', help: 'With "drift": as Markdown, for a pull request' },
    html: { type: 'string', value: 'FILE', help: 'With "drift": also a report with histograms, as one HTML file' },
  },
  examples: [
    {
      line: 'tidegate data drift flights',
      does: 'whether the rows are still what they were in the version that tidegate.lock pins, column by column',
    },
    {
      line: 'tidegate data drift flights --against training --html drift.html',
      does: 'against what the live model was trained on, with histograms',
    },
    {
      line: 'tidegate data drift flights v1 v2 --from-profiles',
      does: 'two versions by their profiles: no rows are read, and none need be here',
    },
    { line: 'tidegate data drift flights --file new.csv', does: 'the rows of a file against the pinned version, before they are added' },
  ],
  run: async ({ project, invocation: { terminal, json, text, flag, signal, cwd }, words }) => {
    const name = datasetName(words);
    const { against, file } = { against: text('against'), file: text('file') };
    const versions = words.slice(1);
    refuseTooMany(versions, { against, file });
    const [old, young] = against === undefined ? [versions[0] ?? null, versions[1] ?? null] : [against, versions[0] ?? null];
    const from = flag('from-profiles') ? 'profiles' : 'rows';
    if (from === 'profiles' && flag('slices'))
      throw failure(
        'TG-CLI-USAGE',
        'Cannot look for slices from profiles: they are parts of the rows',
        'Leave out "--slices" or "--from-profiles"',
      );
    const found = await driftOfDataset(project, name, {
      from,
      before: against === 'training' ? { kind: 'training' } : { kind: 'version', word: old },
      after: file === undefined ? { kind: 'version', word: young } : { kind: 'file', path: resolve(cwd, file) },
      beyond: { together: !flag('columns-only'), slices: slicesOf({ isAsked: flag('slices'), outcome: text('outcome') }) },
      signal,
      progress: sourceProgress(terminal, `data.${name}`),
    });
    terminal.status(null);
    const target = text('html') === undefined ? null : resolve(cwd, text('html') ?? '');
    if (target !== null)
      await writeFileAtomically(target, driftPage(found, { project: project.name, madeAt: new Date().toISOString(), version }));
    if (json) terminal.json(found);
    if (flag('markdown')) terminal.line(driftMarkdown(found));
    else for (const line of driftLines(found, terminal)) terminal.line(line);
    if (target !== null && !flag('markdown')) terminal.line(`Report: ${relative(cwd, target)}`);
    return exitOfVerdict(found.verdict);
  },
};

function slicesOf({
  isAsked,
  outcome,
}: {
  readonly isAsked: boolean;
  readonly outcome: string | undefined;
}): { readonly outcome: string | null } | null {
  if (isAsked) return { outcome: outcome ?? null };
  if (outcome === undefined) return null;
  throw failure('TG-CLI-USAGE', 'Cannot use "--outcome": it ranks slices, and they are not asked for', 'Write "--slices" as well');
}

function refuseTooMany(
  versions: readonly string[],
  { against, file }: { readonly against: string | undefined; readonly file: string | undefined },
): void {
  const sides = versions.length + (against === undefined ? 0 : 1) + (file === undefined ? 0 : 1);
  if (sides > 2)
    throw failure('TG-CLI-USAGE', `Cannot compare ${sides} sets of rows: two are compared`, 'Leave out a version, "--against" or "--file"');
}
