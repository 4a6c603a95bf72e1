import { type CommittedDataset, commitDataset, datasetStatus, type DatasetStatus, type Project } from '@tidegate/core';
import { exitOfRun, shortDigest } from '@tidegate/formats';
import { fileProgress } from '../../render/file-progress.ts';
import { leftOutLines } from '../../render/left-out-view.ts';
import { harmless } from '../../render/terminal.ts';
import { runView } from '../../render/run-view.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { datasetNames } from './dataset-names.ts';
import { eachDataset, exitOfRefused, throwRefused } from './each-dataset.ts';
import { dryRunOption } from './options.ts';

export const commit: Verb = {
  usage: 'commit [NAME…] [--all] [--dry-run]',
  options: {
    all: {
      type: 'boolean',
      short: 'a',
      help: 'With "commit": as if everything were added first: files as they are now, and sources read; what was added --onto a version as it was added',
    },
    'dry-run': dryRunOption,
  },
  examples: [
    {
      line: 'tidegate data commit images',
      does: 'makes a version of what was added, or of its files as they are when nothing was; checks it, and pins it in tidegate.lock',
    },
    { line: 'tidegate data commit --all', does: 'of every dataset as it is now' },
  ],
  run: async ({ project, invocation: { terminal, json, flag, signal }, words }) => {
    const names = datasetNames(project, words);
    const all = flag('all');
    if (flag('dry-run')) {
      const statuses = await datasetStatus(project, names);
      if (json) terminal.json(statuses);
      for (const status of statuses) terminal.line(`data.${status.dataset}: ${expectation(status, all)}.`);
      return 0;
    }
    const chosen = words.length > 0 ? names : await withSomethingHere(project, names);
    const { done, refused } = await eachDataset(chosen, signal, async (name) => {
      const onProgress = fileProgress(terminal, `data.${name}`);
      const committed = await commitDataset(project, name, { all, signal, onProgress, emit: runView(terminal, { verbose: false }) });
      for (const line of linesOf(committed)) terminal.line(line);
      return committed;
    });
    if (json) terminal.json([...done.map(({ record, ...committed }) => ({ ...committed, run: record.id })), ...refused]);
    if (!json) throwRefused(refused);
    return Math.max(exitOfRefused(refused), ...done.map(({ record }) => exitOfRun(record)));
  },
};

/** Those of a clone that has not pulled all: of the others there is nothing to make a version of. */
async function withSomethingHere(project: Project, names: readonly string[]): Promise<readonly string[]> {
  if (project.remote === null) return names;
  const statuses = await datasetStatus(project, names);
  const isElsewhere = ({ source, pinned, files, addedAt }: DatasetStatus): boolean =>
    source === null && pinned !== null && files === 0 && addedAt === null;
  return statuses.filter((status) => !isElsewhere(status)).map(({ dataset }) => dataset);
}

function linesOf({ leftOut, notices, ...committed }: CommittedDataset): readonly string[] {
  return [...versionLines(committed), ...leftOutLines(leftOut), ...notices.map((notice) => `  ! ${harmless(notice)}`)];
}

function versionLines({ dataset, version, before, left }: Omit<CommittedDataset, 'leftOut' | 'notices'>): readonly string[] {
  const rest = `  ${counted(left, 'file')} changed since and not in it: tidegate data add ${dataset}`;
  if (version === null) return [`data.${dataset}: no version was made.`];
  if (version === before) return [`data.${dataset}: version ${shortDigest(version)}, as before.`, ...(left > 0 ? [rest] : [])];
  const pinned = `data.${dataset}: version ${shortDigest(version)} is pinned. Commit tidegate.lock with Git to share it.`;
  return [pinned, ...(left > 0 ? [rest] : [])];
}

/** What a commit would do. */
function expectation({ source, isTable, isChanged, addedAt, addedOnto, pinned, added, notAdded }: DatasetStatus, all: boolean): string {
  if (source !== null) {
    if (all || (pinned === null && addedAt === null)) return 'its source would be read';
    return addedAt === null ? 'nothing to commit' : 'what was read of its source would be a version';
  }
  if (isTable) {
    if (isChanged === null) return 'its files would be read, which tells whether they are another version';
    return isChanged || addedAt !== null ? 'its rows would be a version' : 'nothing to commit';
  }
  const isAsItIs = addedAt === null || (all && addedOnto === null);
  const taken = isAsItIs ? [...added, ...notAdded] : added;
  if (taken.length === 0) return 'nothing to commit';
  const left = isAsItIs ? '' : `; ${counted(notAdded.length, 'changed file')} would not be in it`;
  const paths = new Set(taken.map(({ path }) => path)).size;
  return `${counted(paths, 'file')} other than in the pinned version${left}`;
}
