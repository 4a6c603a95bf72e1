import { datasetStatus, type DatasetStatus, durationText } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { fileChangeLines } from '../../render/file-changes.ts';
import { bytes, moment } from '../../render/figures.ts';
import { harmless, type Terminal } from '../../render/terminal.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { datasetNames } from './dataset-names.ts';

export const status: Verb = {
  usage: 'status [NAME…] [--check]',
  options: {
    check: { type: 'boolean', help: 'With "status": look at sources that are no files, whether they have changed since they were read' },
  },
  examples: [
    {
      line: 'tidegate data status',
      does: 'what of each dataset is other than the version that tidegate.lock pins, and what is added already',
    },
    { line: 'tidegate data status weather --check', does: 'the same, with a cheap look at the database it comes from' },
  ],
  run: async ({ project, invocation: { terminal, json, flag, signal }, words }) => {
    const all = await datasetStatus(project, datasetNames(project, words), flag('check') ? { checkSources: signal } : {});
    if (json) terminal.json(all);
    for (const one of all) for (const line of linesOf(one, terminal)) terminal.line(line);
  },
};

function linesOf(status: DatasetStatus, terminal: Terminal): readonly string[] {
  const { dataset, pinned, isPinnedElsewhere, isChanged, files, bytes: size, notHere, source } = status;
  const elsewhere = notHere === 0 ? '' : `, ${counted(notHere, 'file')} of it not pulled`;
  const version =
    pinned === null ? 'no version yet' : `version ${shortDigest(pinned)}${isPinnedElsewhere ? ', which is not here' : ''}${elsewhere}`;
  const what = source === null ? `${counted(files, 'file')}, ${bytes(size)}; ` : '';
  const isClean = pinned !== null && isChanged === false;
  return [
    `${terminal.style('bold', `data.${dataset}`)}: ${what}${version}${isClean ? ', nothing changed' : ''}`,
    ...(source === null ? [] : sourceLines(status, source, terminal)),
    ...(source === null && status.isTable ? tableLines(status, terminal) : []),
    ...fileLines(status, terminal),
    ...status.ages.map((age) => ageLine(age, terminal)),
  ];
}

function ageLine({ column, newest, ageMs, limitMs, isOld }: DatasetStatus['ages'][number], { style }: Terminal): string {
  const age = ageMs < 0 ? 'which is still to come' : `${durationText(ageMs)} old`;
  return ` ${isOld ? style('red', '!') : ' '} The newest ${harmless(column)} is of ${newest}, ${age}; at most ${durationText(limitMs)} is promised`;
}

function fileLines({ dataset, source, added, notAdded }: DatasetStatus, terminal: Terminal): readonly string[] {
  if (source !== null) return [];
  return [
    ...(added.length === 0 ? [] : [` Added, not yet a version (tidegate data commit ${dataset}):`, ...fileChangeLines(added, terminal)]),
    ...(notAdded.length === 0 ? [] : [` Not added (tidegate data add ${dataset}):`, ...fileChangeLines(notAdded, terminal)]),
  ];
}

/** Of a table of files: its files are not those of a version, so they cannot be listed as changed. */
function tableLines({ dataset, pinned, isChanged, addedAt }: DatasetStatus, { style }: Terminal): readonly string[] {
  return [
    ...(addedAt === null ? [] : [` Added ${moment(addedAt)}, not yet a version (tidegate data commit ${dataset})`]),
    ...(pinned === null || isChanged === false
      ? []
      : isChanged === null
        ? [` Whether its rows have changed is told by: tidegate data diff ${dataset}`]
        : [`  ${style('yellow', '~')} its files have changed (tidegate data diff ${dataset})`]),
  ];
}

function sourceLines(
  { dataset, addedAt }: DatasetStatus,
  { readAt, now, problem }: NonNullable<DatasetStatus['source']>,
  { style }: Terminal,
): readonly string[] {
  const mark = style('yellow', '~');
  return [
    ...(addedAt !== null
      ? [` Read ${moment(addedAt)}, not yet a version (tidegate data commit ${dataset})`]
      : [readAt === null ? ' Its source was not read here.' : ` Read ${moment(readAt)}.`]),
    ...(now === 'as-read' ? [' Its source has not changed since.'] : []),
    ...(now === 'changed' ? [`  ${mark} its source has changed since (tidegate data add ${dataset})`] : []),
    ...(now === 'unknown' ? [` Whether its source has changed is told by a reading: tidegate data add ${dataset}`] : []),
    ...(problem === null ? [] : [`  ${style('red', '!')} ${harmless(problem.message)}`, `    ${harmless(problem.hint ?? '')}`]),
  ];
}
