import {
  type Diagnostic,
  type EmitEvent,
  failure,
  type RunRecord,
  shortDigest,
  type TestReport,
  type Verdict,
  worstVerdict,
} from '@tidegate/formats';
import { readCiContext } from '../../forge/index.ts';
import { featureDefinitions } from '../features/feature-definitions.ts';
import { projectNodes } from '../nodes.ts';
import type { Project } from '../project.ts';
import { heeding, heedTombstones } from '../forget/heed-tombstones.ts';
import { type PinnedDataset, placePinned } from '../remote/place-pinned.ts';
import { type Annotation, annotationsOf } from '../tests/annotations.ts';
import { testedSuites } from '../tests/tested-suites.ts';
import { runProject } from '../run/run-project.ts';
import { inputsAt } from './base-tree.ts';
import { type ChangedContract, changedContracts } from './changed-contracts.ts';
import { type ChangedDataset, changedDatasets } from './changed-datasets.ts';
import { type ChangedFile, changedFiles } from './changed-files.ts';
import { type ChangedService, changedServices, type ChangedView, changedViews } from './changed-features.ts';
import { type CommitRange, commitRange } from './commit-range.ts';
import { type JudgedModel, judgedModels } from './judged-models.ts';

export interface ChangeRequest {
  /** Revision to compare with; null: what the CI says, else the default branch. */
  readonly base: string | null;
  /** Revision to judge; null: what is checked out. */
  readonly head: string | null;
  readonly jobs: number | null;
  /** Whether the remote gets the results. */
  readonly share: boolean;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/** What a range of commits changes, and what the path says of it as far as the gate. */
export interface JudgedChange extends CommitRange {
  readonly run: RunRecord;
  /** Of the run and of what changed together; null when nothing was measured that must pass. */
  readonly verdict: Verdict | null;
  readonly files: readonly ChangedFile[];
  readonly datasets: readonly ChangedDataset[];
  readonly contracts: readonly ChangedContract[];
  readonly views: readonly ChangedView[];
  readonly services: readonly ChangedService[];
  readonly models: readonly JudgedModel[];
  readonly tests: readonly TestReport[];
  /** What does not pass, at its lines. */
  readonly annotations: readonly Annotation[];
  /** Why the remote did not get the results; null when it did, or there is none. */
  readonly notShared: Diagnostic | null;
}

/**
 * Runs the path at the head as far as the gate and finds what differs from the base. Moves no pin and deploys nothing; what does not pass is in
 * the record of the run.
 *
 * @throws TG-CI-NO-COMMIT, TG-CI-NO-BASE, TG-CI-NOT-AT-HEAD, TG-CI-NO-DATA; what a run refuses before anything runs
 */
export async function judgeChange(project: Project, request: ChangeRequest): Promise<JudgedChange> {
  const { config, root, platform } = project;
  const { base, head, ...running } = request;
  const context = await readCiContext(platform.variables);
  const range = await commitRange(root, { base, head, suggested: context?.bases ?? [] });
  await heedTombstones(project, heeding(running)); // or what the lock pins may be nowhere any more
  requirePlaced(await placePinned(project));
  const { record: run, notShared } = await runProject(project, {
    ...running,
    goal: 'gate',
    only: [],
    force: [],
    again: false,
    pins: 'leave',
  });
  const definitions = config.features?.definitions ?? null;
  const before = range.base === null ? null : await inputsAt(root, range.base.id, definitions);
  const readers = { nodes: await projectNodes(project), definitions };
  const present = await featureDefinitions(project);
  const contracts =
    range.base === null
      ? []
      : await changedContracts(project, { base: range.base.id, definitions: before?.definitions ?? null, run, signal: request.signal });
  const blocking = contracts.flatMap(({ evidence }) => (evidence.blocking ? [evidence.verdict] : []));
  const suites = await testedSuites(project, run);
  return {
    ...range,
    run,
    verdict: run.verdict === null && blocking.length === 0 ? null : worstVerdict([run.verdict ?? 'pass', ...blocking]),
    contracts,
    notShared,
    files: range.base === null ? [] : await changedFiles(root, { base: range.base.id, head: range.head.id }, readers),
    datasets: before === null ? [] : await changedDatasets(project, run, before.lock),
    views: before === null ? [] : changedViews(before.definitions, present),
    services: before === null ? [] : changedServices(before.definitions, present),
    models: await judgedModels(project, run),
    tests: suites.flatMap(({ report }) => (report === null ? [] : [report])),
    annotations: await annotationsOf(project, { run, suites, beside: contracts.map(({ evidence }) => evidence) }),
  };
}

/** A run would only say which pattern matches nothing. */
function requirePlaced(datasets: readonly PinnedDataset[]): void {
  const absent = datasets.find(({ files }) => files === null || files === 0);
  if (absent === undefined) return;
  const { dataset, version } = absent;
  const found = version === null ? 'tidegate.lock pins no version of it' : `its version ${shortDigest(version)} is nowhere at hand`;
  throw failure(
    'TG-CI-NO-DATA',
    `Cannot find the data "${dataset}": no file of it is checked out, and ${found}`,
    'Share it from where the data is with "tidegate remote push --remote FOLDER", commit tidegate.lock, and name the same folder here',
  );
}
