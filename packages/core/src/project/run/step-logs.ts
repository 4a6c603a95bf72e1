import { join } from 'node:path';
import { failure, isRunId, isStepName, type RunId, runId, type StepName } from '@tidegate/formats';
import { harmless, lineMatcher, runsInBrief, stepLog as logFile } from '../../pipeline/index.ts';
import { readdir, readTextIfThere } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { requireRun } from './run-history.ts';

/** A line of a log that was searched for. */
export interface LogLine {
  readonly run: RunId;
  readonly step: StepName;
  /** From 1. */
  readonly line: number;
  /** Control characters made harmless. */
  readonly text: string;
}

export interface LogSearch {
  /** Qualified name; null = every step. */
  readonly step: string | null;
  /** As {@link requireRun} takes it; null = the newest run that has a log, or with `all` every run. */
  readonly run: string | null;
  readonly all: boolean;
  /** As `lineMatcher` takes it; null = every line. */
  readonly pattern: string | null;
  /** How many lines at most, the newest runs first. */
  readonly limit: number;
}

export interface FoundLines {
  readonly lines: readonly LogLine[];
  /** Whether there may be more: the limit was reached. */
  readonly isCut: boolean;
}

/** Searches what steps printed, as far as their logs are still kept. @throws TG-CLI-NOT-FOUND; TG-CLI-USAGE for a pattern that is none */
export async function searchLogs(project: Project, { step, run, all, pattern, limit }: LogSearch): Promise<FoundLines> {
  const matches = pattern === null ? () => true : lineMatcher(pattern);
  const runs = run === null ? await runsWithLogs(project) : [requireRun(project, run).id];
  const lines: LogLine[] = [];
  let isFound = false;
  for (const id of runs) {
    for (const name of await stepsWithLogs(project, id)) {
      if (step !== null && name !== step) continue;
      isFound = true;
      const text = (await readTextIfThere(logFile(project.home, id, name))) ?? '';
      for (const [index, line] of text.replace(/\n$/, '').split('\n').entries()) {
        if (!matches(line)) continue;
        if (lines.length >= limit) return { lines, isCut: true };
        lines.push({ run: id, step: name, line: index + 1, text: harmless(line) });
      }
    }
    if (isFound && !all) break;
  }
  if (isFound || all) return { lines, isCut: false };
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot print a log: ${step === null ? 'no step has printed anything' : `"${step}" has printed nothing`}${run === null ? '' : ` in run ${runs[0] ?? run}`}, or it is no longer kept`,
    'Run "tidegate runs" for the runs, and "tidegate plan" for the names of the steps',
  );
}

/** Newest first. */
async function runsWithLogs({ home, state, name }: Project): Promise<readonly RunId[]> {
  const kept = new Set((await readdir(home.logs).catch(() => [])).filter(isRunId));
  return runsInBrief(state, { project: name, limit: Infinity }).flatMap(({ id }) => (kept.has(id) ? [runId(id)] : []));
}

async function stepsWithLogs({ home }: Project, run: RunId): Promise<readonly StepName[]> {
  const names = await readdir(join(home.logs, run)).catch(() => []);
  return names.flatMap((name) => {
    const step = name.replace(/\.log$/, '');
    return name.endsWith('.log') && isStepName(step) ? [step] : [];
  });
}
