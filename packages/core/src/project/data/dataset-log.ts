import { type DatasetVersion, type Digest, digest, type FineNote, isDigest, type RunId, TidegateError } from '@tidegate/formats';
import { lockFileName } from '../../config/index.ts';
import { readVersion } from '../../data/index.ts';
import { capture } from '../../platform/index.ts';
import { fineNotes } from '../anomalies/fine-notes.ts';
import { datasetHistory } from './dataset-views.ts';
import type { Project } from '../project.ts';
import { pinnedVersion } from './version-names.ts';

/** A version of a dataset with what is known of how it came to be. */
export interface LoggedVersion {
  readonly digest: Digest;
  /** Null when its record is nowhere at hand. */
  readonly version: DatasetVersion | null;
  readonly isPinned: boolean;
  /** When the first run that had it here started, or else when it was committed. */
  readonly at: string;
  /** The first run that had it; null when none did here. */
  readonly run: RunId | null;
  /** The first commit whose lock pins it; null when none does. */
  readonly commit: PinningCommit | null;
  /** What somebody said of it that holds still: that what is unusual about it is fine. */
  readonly fine: readonly FineNote[];
  /** What it has more than the one before it, less than nothing when it has less; null for the first one, and where one of the two is not at hand. */
  readonly more: { readonly rows: number; readonly files: number; readonly bytes: number } | null;
}

export interface PinningCommit {
  readonly id: string;
  readonly author: string;
  readonly at: string;
  readonly subject: string;
}

/** The versions of a dataset, newest first: those that runs have had here, and those that commits of this branch pin. @throws TG-CLI-NOT-FOUND */
export async function datasetLog(project: Project, dataset: string): Promise<readonly LoggedVersion[]> {
  const [runs, pinned, commits] = [
    await datasetHistory(project, dataset),
    await pinnedVersion(project, dataset),
    await pinningCommits(project, dataset),
  ];
  const ran = new Set(runs.map((entry) => entry.digest));
  const found: Omit<LoggedVersion, 'more' | 'fine'>[] = runs.map((entry) => ({
    ...entry,
    isPinned: entry.digest === pinned,
    commit: commits.get(entry.digest) ?? null,
  }));
  for (const [one, commit] of commits)
    if (!ran.has(one))
      found.push({ digest: one, version: await versionIfThere(project, one), isPinned: one === pinned, at: commit.at, run: null, commit });
  const sorted = found.toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at));
  const notes = fineNotes(project, dataset);
  return sorted.map((one, index) => ({
    ...one,
    fine: holding(notes, one.digest),
    more: moreThan(sorted[index + 1]?.version ?? null, one.version),
  }));
}

/** Of several notes on a measure the last one counts, and one on all of a version takes the place of those before it. */
function holding(notes: readonly FineNote[], version: Digest): readonly FineNote[] {
  const last = new Map<string | null, FineNote>();
  for (const note of notes.filter((one) => one.version === version)) {
    if (note.measure === null) last.clear();
    last.set(note.measure, note);
  }
  return [...last.values()].filter(({ isFine }) => isFine);
}

function moreThan(before: DatasetVersion | null, after: DatasetVersion | null): LoggedVersion['more'] {
  if (before === null || after === null) return null;
  return { rows: after.rows - before.rows, files: after.files - before.files, bytes: after.bytes - before.bytes };
}

async function versionIfThere({ store }: Project, version: Digest): Promise<DatasetVersion | null> {
  try {
    return await readVersion(store, { digest: version });
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}

/** So many commits that touched the lock are looked through. */
const commitsLookedAt = 1_000;

/** The first commit that pinned each version, from the history of the lock file. None outside a repository. */
async function pinningCommits({ root, platform }: Project, dataset: string): Promise<ReadonlyMap<Digest, PinningCommit>> {
  const format = '%x01%h%x00%an%x00%aI%x00%s';
  const words = [
    'log',
    '-n',
    String(commitsLookedAt),
    '-p',
    '-m',
    '--first-parent',
    wholeFile,
    '--no-color',
    '--no-ext-diff',
    `--format=${format}`,
    '--',
    lockFileName,
  ];
  const variables = { ...platform.variables, GIT_OPTIONAL_LOCKS: '0' };
  const { code, stdout } = await capture(['git', ...words], { cwd: root, variables });
  const commits = new Map<Digest, PinningCommit>();
  if (code !== 0) return commits;
  for (const part of stdout.split('\x01').slice(1)) {
    const [head = '', ...lines] = part.split('\n');
    const [id = '', author = '', at = '', subject = ''] = head.split('\0');
    for (const pinned of pinsIn(lines, dataset)) commits.set(pinned, { id, author, at, subject }); // the last one is the oldest
  }
  return commits;
}

/** Lines of context: a lock is short, and a pin is one of a dataset by the section that it is in. */
const wholeFile = '--unified=1000000';

/** What a difference of lock files pins anew. */
function pinsIn(lines: readonly string[], dataset: string): readonly Digest[] {
  let section = '';
  return lines.flatMap((line) => {
    section = /^[ +]([a-z]+):$/.exec(line)?.[1] ?? section;
    const [, name = '', pinned = ''] = /^\+ {2}(.+): (sha256:[0-9a-f]{64})$/.exec(line) ?? [];
    return section === 'data' && (name === dataset || name === JSON.stringify(dataset)) && isDigest(pinned) ? [digest(pinned)] : [];
  });
}
