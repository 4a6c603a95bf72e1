import type {
  Digest,
  Evidence,
  MissReason,
  ResultOrigin,
  RunId,
  RunRecord,
  StepName,
  StepRecord,
  TestReport,
  Verdict,
} from '@tidegate/formats';
import { worstVerdict } from '@tidegate/formats';
import { newestRuns } from '../../pipeline/index.ts';
import type { Project } from '../project.ts';
import { readTestReport } from '../records.ts';

/** What a suite tests: code, what is made of data, the whole path on a sample, a model, a started release. */
export type TestKind = 'unit' | 'data' | 'pipeline' | 'model' | 'api';

/** A suite of tests in a run, whatever its kind. */
export interface TestedSuite {
  readonly step: StepName;
  /** `unit`; of a model or a release `models.delay smoke`, `services.delay-api api`. */
  readonly suite: string;
  readonly kind: TestKind;
  /**
   * `ran`; `unchanged`: nothing that it reads has changed since the run before; `reused`: that has changed, but what it is now was tested before; `not-run`: what
   * it needs failed or did not pass, or the run ended.
   */
  readonly came: 'ran' | 'unchanged' | 'reused' | 'not-run';
  /** Stands for everything that was tested: evidence is kept under it. Null for what was not run. */
  readonly key: Digest | null;
  /** The run that made evidence which was not made now, and where it comes from; null for what ran. */
  readonly madeBy: RunId | null;
  readonly from: ResultOrigin | null;
  /** Why it ran. */
  readonly reasons: readonly MissReason[];
  /** The worst of what blocks, or of what warns where nothing blocks; null when nothing was measured. */
  readonly verdict: Verdict | null;
  readonly blocking: boolean;
  /** One sentence; empty when nothing was measured. */
  readonly reason: string;
  /** The environment in which a release that runs was asked; absent for everything else. */
  readonly environment?: string;
  /** Null when no report is kept. */
  readonly report: TestReport | null;
  readonly failure: StepRecord['failure'];
}

const kinds: { readonly [stepKind: string]: TestKind } = {
  'test-command': 'unit',
  'feature-cases': 'data',
  'table-tests': 'data',
  'golden-rows': 'data',
  'sample-run': 'pipeline',
  evaluate: 'model',
  trial: 'api',
};

/** Kinds of steps that test something. */
export const testingKinds: readonly string[] = Object.keys(kinds);

/** The suites of a run, in the order of its steps; a model's smoke tests are suites of its evaluation. */
export async function testedSuites(project: Project, run: Pick<RunRecord, 'id' | 'steps'>): Promise<readonly TestedSuite[]> {
  const steps = run.steps.filter(({ kind }) => kinds[kind] !== undefined);
  const before = keysBefore(project, run, steps);
  return (await Promise.all(steps.map((step) => suitesOf(project, step, before)))).flat();
}

type Keys = ReadonlyMap<StepName, Digest | null>;

async function suitesOf(project: Project, step: StepRecord, before: Keys): Promise<readonly TestedSuite[]> {
  const kind = kinds[step.kind] ?? 'unit';
  const tests = step.evidence.filter((item) => item.kind === 'test');
  if (kind === 'model') return tests.map((item) => suiteOf(step, { kind, before, evidence: [item], report: reportIn(item) }));
  const ofFeatures = tests.filter(({ name }) => /^features(\.|$)/.test(name));
  const own = tests.filter((item) => !ofFeatures.includes(item));
  return [
    suiteOf(step, { kind, before, evidence: own, report: await readTestReport(project, step) }),
    ...ofFeatures.map((item) => suiteOf(step, { kind: 'data', before, evidence: [item], report: reportIn(item) })),
  ];
}

interface Parts {
  readonly kind: TestKind;
  readonly before: Keys;
  readonly evidence: readonly Evidence[];
  readonly report: TestReport | null;
}

function suiteOf(step: StepRecord, { kind, before, evidence, report }: Parts): TestedSuite {
  const blocking = evidence.filter((item) => item.blocking);
  const [counted] = blocking.length > 0 ? [blocking] : [evidence];
  const verdict = counted.length === 0 ? null : worstVerdict(counted.map((item) => item.verdict));
  const isHit = step.status === 'hit';
  return {
    step: step.step,
    suite: report?.suite ?? step.step,
    kind,
    came: isHit
      ? before.get(step.step) === step.key
        ? 'unchanged'
        : 'reused'
      : step.status === 'done' || step.status === 'failed'
        ? 'ran'
        : 'not-run',
    key: step.key,
    madeBy: isHit ? step.madeBy : null,
    from: isHit ? (step.from ?? null) : null,
    reasons: isHit ? [] : step.reasons,
    verdict,
    blocking: blocking.length > 0 || step.failure !== null,
    reason: counted.find((item) => item.verdict === verdict)?.reason ?? '',
    report,
    failure: step.failure,
  };
}

function reportIn({ details }: Evidence): TestReport {
  return details as unknown as TestReport; // evidence of this kind has a report as its details
}

/** The keys that steps had in the run before that had them. */
function keysBefore({ state, name }: Project, run: Pick<RunRecord, 'id'>, steps: readonly StepRecord[]): Keys {
  const wanted = new Set(steps.map(({ step }) => step));
  const keys = new Map<StepName, Digest | null>();
  let isBefore = false;
  let looked = 0;
  for (const { id, steps: earlier } of newestRuns(state, name)) {
    if (isBefore) {
      for (const { step, key } of earlier) if (wanted.has(step) && !keys.has(step) && key !== null) keys.set(step, key);
      if (keys.size === wanted.size || ++looked >= mostRuns) break;
    }
    isBefore ||= id === run.id;
  }
  return keys;
}

/** Runs that are looked through for one that had a step. */
const mostRuns = 100;
