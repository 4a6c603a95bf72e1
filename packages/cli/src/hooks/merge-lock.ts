import { dirname, resolve } from 'node:path';
import { mergeDataset, type MergedDataset, mergeLockFiles, systemPlatform, type VersionsToMerge } from '@tidegate/core';
import { shortDigest, TidegateError } from '@tidegate/formats';
import type { Invocation } from '../command.ts';
import { openHere } from '../open-here.ts';
import { mergeConflictLines } from './merge-conflict-lines.ts';

/** What Git has its merge driver do: three files, of which the second gets the result, and the path in the working tree at whose top it is called. */
export async function mergeLock(
  invocation: Invocation,
  [base = '', ours = '', theirs = '', path = 'tidegate.lock']: readonly string[],
): Promise<number> {
  const { terminal, json, cwd, variables } = invocation;
  const here = { ...invocation, cwd: dirname(resolve(cwd, path)) };
  const files = { base: resolve(cwd, base), ours: resolve(cwd, ours), theirs: resolve(cwd, theirs) };
  const merge = await mergeLockFiles(files, {
    platform: { ...systemPlatform, variables },
    mergeVersions: (dataset, versions) => mergeOrLeave(here, dataset, versions),
  });
  if (json) terminal.json(merge);
  if (merge.kind === 'text') return merge.isClean ? 0 : 1;
  for (const { dataset, version, verdict } of merge.merged)
    terminal.error(
      `tidegate: data.${dataset} was moved on both sides, and is merged to ${shortDigest(version)}${verdict === 'fail' ? '; its checks do not pass' : ''}`,
    );
  for (const line of mergeConflictLines(merge.conflicts, path)) terminal.error(line);
  return merge.conflicts.length === 0 ? 0 : 1;
}

/** Git waits, so nothing is fetched, and what cannot be done now is left to a person. */
async function mergeOrLeave(invocation: Invocation, dataset: string, versions: VersionsToMerge): Promise<MergedDataset | null> {
  try {
    using project = await openHere(invocation);
    return await mergeDataset(project, dataset, { ...versions, prefer: null, fetches: false, signal: invocation.signal, emit: () => {} });
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}
