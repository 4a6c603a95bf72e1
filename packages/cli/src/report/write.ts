import {
  type ChangedContract,
  deploymentsOf,
  ignoreBuild,
  listMonitors,
  listRuns,
  listScores,
  monitorHistory,
  type Project,
  runReport,
  writeFileAtomically,
} from '@tidegate/core';
import type { ReplayReport, RunId } from '@tidegate/formats';
import { version } from '../version.ts';
import { reportPage } from './page.ts';
import type { RunReport } from './report.ts';

/** The report of one run as one HTML file; with the data contracts that differ from its base, where it was judged against one. */
export async function writeRunReport(
  project: Project,
  run: RunId,
  path: string,
  contracts: readonly ChangedContract[] = [],
): Promise<void> {
  await write(project, path, [{ ...(await runReport(project, run)), contracts }]);
}

/** Every run of the project, oldest first, as one HTML file; with what `score --replay` found, when there is such a file. */
export async function writeStory(project: Project, path: string, parity: ReplayReport | null): Promise<void> {
  const runs: RunReport[] = [];
  for (const run of listRuns(project).toReversed()) runs.push({ ...(await runReport(project, run.id)), contracts: [] });
  await write(project, path, runs, parity);
}

async function write(project: Project, path: string, runs: readonly RunReport[], parity: ReplayReport | null = null): Promise<void> {
  const page = reportPage({
    project: project.name,
    madeAt: new Date().toISOString(),
    version,
    runs,
    deployments: deploymentsOf(project),
    scores: await listScores(project),
    parity,
    monitors: Object.fromEntries(listMonitors(project).map(({ monitor }) => [monitor, monitorHistory(project, monitor)])),
  });
  await writeFileAtomically(path, page);
  await ignoreBuild(project);
}
