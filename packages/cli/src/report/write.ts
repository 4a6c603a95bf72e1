import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deploymentsOf, ignoreBuild, listMonitors, listRuns, monitorHistory, type Project, runReport } from '@tidegate/core';
import type { RunId } from '@tidegate/formats';
import { version } from '../version.ts';
import { reportPage } from './page.ts';
import type { RunReport } from './report.ts';

/** The report of one run as one HTML file. */
export async function writeRunReport(project: Project, run: RunId, path: string): Promise<void> {
  await write(project, path, [await runReport(project, run)]);
}

/** Every run of the project, oldest first, as one HTML file. */
export async function writeStory(project: Project, path: string): Promise<void> {
  const runs: RunReport[] = [];
  for (const run of listRuns(project).toReversed()) runs.push(await runReport(project, run.id));
  await write(project, path, runs);
}

async function write(project: Project, path: string, runs: readonly RunReport[]): Promise<void> {
  const page = reportPage({
    project: project.name,
    madeAt: new Date().toISOString(),
    version,
    runs,
    deployments: deploymentsOf(project),
    monitors: Object.fromEntries(listMonitors(project).map(({ monitor }) => [monitor, monitorHistory(project, monitor)])),
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, page);
  await ignoreBuild(project);
}
