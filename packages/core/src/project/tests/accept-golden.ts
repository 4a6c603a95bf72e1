import { join } from 'node:path';
import { failure, type RunRecord, type StepName, type TestCase } from '@tidegate/formats';
import { writeFileAtomically } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { readTestReport } from '../records.ts';

/** What was accepted as the rows that a suite expects. */
export interface AcceptedRows {
  readonly step: StepName;
  /** The file of the project that was written; null where the rows are those that it has. */
  readonly path: string | null;
  /** What was different from what was expected. */
  readonly differences: readonly TestCase[];
}

/**
 * Writes what steps made in this run to where suites of golden rows expect it, all of them or none.
 *
 * @throws TG-CLI-NOT-FOUND when one of the suites has no golden rows; TG-COMMANDS-NOTHING-MADE when a step made no rows
 */
export async function acceptGolden(
  project: Project,
  run: Pick<RunRecord, 'steps'>,
  steps: readonly StepName[],
): Promise<readonly AcceptedRows[]> {
  const accepted: (AcceptedRows & { readonly bytes: Uint8Array })[] = [];
  for (const name of steps) {
    const suite = project.config.tests[name.slice('tests.'.length)];
    if (suite?.kind !== 'golden')
      throw failure('TG-CLI-NOT-FOUND', `Cannot accept what "${name}" made: it has no golden rows`, 'Name suites that have "golden:"');
    const step = run.steps.find((one) => one.step === name);
    const report = step === undefined ? null : await readTestReport(project, step);
    const made = step?.outputs['made'];
    if (step === undefined || report === null || made === undefined || made.bytes === 0)
      throw failure(
        'TG-COMMANDS-NOTHING-MADE',
        `Cannot accept what "${name}" made: ${step?.failure?.message ?? report?.cases[0]?.message ?? 'it was not run'}`,
        `See what it says: tidegate test ${name.slice('tests.'.length)} -v`,
      );
    const differences = report.cases.filter(({ outcome }) => outcome === 'failed');
    const path = differences.length === 0 ? null : suite.expect;
    accepted.push({ step: name, path, differences, bytes: await project.store.readBytes(made.digest) });
  }
  for (const { path, bytes } of accepted) if (path !== null) await writeFileAtomically(join(project.root, path), bytes);
  return accepted.map(({ step, path, differences }) => ({ step, path, differences }));
}
