import { type Deployment, type Digest, type RunRecord, type StepName, stepName, type TestReport } from '@tidegate/formats';
import { apiTestsOf, type DeployDeps, deploymentHistory, digestOfTests, liveAfter } from '../../deploy/index.ts';
import { deployDeps } from '../deploy/deploy-deps.ts';
import type { Project } from '../project.ts';
import type { TestedSuite } from './tested-suites.ts';

/**
 * What the API tests found at releases that run in the environments, service by service, as the history of deployments keeps it under the digest of the release: a
 * suite each where one was deployed. It counts for the release of this run when that one is live and the tests are those that were run there.
 *
 * @throws TG-DEPLOY-NO-API-TESTS, TG-DEPLOY-API-TEST-…
 */
export async function testedPlaces(project: Project, run: Pick<RunRecord, 'steps'>): Promise<readonly TestedSuite[]> {
  const deps = deployDeps(project);
  const suites: TestedSuite[] = [];
  for (const environment of Object.keys(project.config.environments))
    for (const service of Object.keys(project.config.services)) {
      const step = stepName(`services.${service}`);
      const release = run.steps.find((one) => one.step === step)?.outputs['manifest']?.digest ?? null;
      const live = liveAfter(deploymentHistory(project.state, project.name, { environment, service }));
      if (release !== null && live !== null) suites.push(await suiteOf(deps, { step, live, release }));
    }
  return suites;
}

interface Live {
  readonly step: StepName;
  readonly live: Deployment;
  /** That of the run. */
  readonly release: Digest;
}

async function suiteOf(deps: DeployDeps, { step, live, release }: Live): Promise<TestedSuite> {
  const { environment, service, tests, at, sequence } = live;
  const suite = `${service} in ${environment}`;
  const told = { step, suite, environment, kind: 'api', from: null, reasons: [], blocking: false, failure: null } as const;
  const outdated = await whyOutdated(deps, { live, release });
  if (outdated !== null || tests === null)
    return {
      ...told,
      came: 'not-run',
      key: null,
      madeBy: null,
      verdict: null,
      reason: outdated ?? 'the API tests did not come to their end there',
      report: null,
    };
  const { passed, failed, cases = [] } = tests;
  const report: TestReport = { format: 'tidegate.test-report/1', suite, cases, passed, failed, skipped: 0 };
  return {
    ...told,
    came: 'reused',
    key: live.release,
    madeBy: live.run,
    verdict: failed > 0 ? 'fail' : 'pass',
    reason: `after the switch of ${at} (deployment ${sequence})`,
    report,
  };
}

/** Why what was found there says nothing of the release now; null when it does. */
async function whyOutdated(deps: DeployDeps, { live, release }: Omit<Live, 'step'>): Promise<string | null> {
  const { environment, service, tests } = live;
  const deploy = `"tidegate run --to ${environment}" deploys and tests it there`;
  if (live.release !== release) return `another release is live in ${environment}: ${deploy}`;
  if (tests?.of === undefined) return null;
  const wanted = await apiTestsOf(deps, { project: deps.project, environment, service });
  return digestOfTests(wanted) === tests.of
    ? null
    : `the API tests of ${environment} have changed since they were run there: they are run at its next switch`;
}
