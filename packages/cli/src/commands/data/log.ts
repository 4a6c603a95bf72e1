import { datasetLog, type LoggedVersion } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { noteWords } from '../../render/anomalies-view.ts';
import { bytes, moment, whole } from '../../render/figures.ts';
import { table } from '../../render/table.ts';
import { harmless, type Terminal } from '../../render/terminal.ts';
import { counted, verdictStyle } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { datasetName } from './dataset-name.ts';

export const log: Verb = {
  usage: 'log NAME',
  examples: [
    {
      line: 'tidegate data log images',
      does: 'its versions, newest first: what each has more than the one before, and which commit pins it',
    },
  ],
  run: async ({ project, invocation: { terminal, json }, words }) => {
    const name = datasetName(words);
    const versions = await datasetLog(project, name);
    if (json) terminal.json(versions);
    if (versions.length === 0) terminal.line(`data.${name} has no version yet: tidegate data commit ${name}`);
    for (const line of table(versions.map((one) => cellsOf(one, terminal)))) terminal.line(line);
    for (const note of versions.flatMap(({ fine }) => fine)) terminal.line(`  ${noteWords(note)}`);
  },
};

function cellsOf({ digest, version, isPinned, at, run, commit, more }: LoggedVersion, { style }: Terminal): readonly string[] {
  const made =
    commit === null ? (run === null ? '' : `run ${run}`) : `${commit.id} ${harmless(commit.author)}: ${harmless(commit.subject)}`;
  const start = [`${shortDigest(digest)}${isPinned ? ' (pinned)' : ''}`, moment(new Date(at).toISOString())];
  if (version === null) return [...start, 'not here', '', '', made];
  const size =
    version.fileFormat === 'files'
      ? `${counted(version.files, 'file')}${signed(more?.files, whole)}`
      : `${counted(version.rows, 'row')}${signed(more?.rows, whole)}`;
  return [
    ...start,
    size,
    `${bytes(version.bytes)}${signed(more?.bytes, bytes)}`,
    style(verdictStyle[version.verdict], version.verdict),
    made,
  ];
}

/** What it is more: ` (+12)`. */
function signed(more: number | undefined, words: (count: number) => string): string {
  if (more === undefined || more === 0) return '';
  return ` (${more > 0 ? '+' : '-'}${words(Math.abs(more))})`;
}
