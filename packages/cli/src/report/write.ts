import {
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

/** The report of one run as one HTML file. */
export async function writeRunReport(project: Project, run: RunId, path: string): Promise<void> {
  await write(project, path, [await runReport(project, run)]);
}

/** Every run of the project, oldest first, as one HTML file; with what `score --replay` found, when there is such a file. */
export async function writeStory(project: Project, path: string, parity: ReplayReport | null): Promise<void> {
  const runs: RunReport[] = [];
  for (const run of listRuns(project).toReversed()) runs.push(await runReport(project, run.id));
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
