import { join } from 'node:path';
import {
  type Artifact,
  type Evidence,
  type JsonObject,
  recordJson,
  type Result,
  type TestCase,
  type TestDependencies,
  type TestReport,
} from '@tidegate/formats';
import type { QuarantinedTest } from '../config/index.ts';
import { type Clock, rm } from '../platform/index.ts';
import type { StepContext, StepKind, StepNode } from '../pipeline/index.ts';
import { timeoutOf } from './command-kind.ts';
import { lastWords } from './last-words.ts';
import { pythonCommand } from '../config/index.ts';
import { sealedWorkspace } from './sealed-workspace.ts';
import { argvOf, type CommandDeps, commandFacts, type Ran, runStepCommand } from './step-process.ts';
import { makeRoom } from './store-output.ts';
import { keepCoverage } from './suite/keep-coverage.ts';
import { hasSteadyFailure, mergeTries } from './suite/merge-tries.ts';
import { wholePlaces } from './suite/whole-places.ts';
import { activeAt, quarantineOf, withQuarantine } from './suite/quarantine.ts';
import { quarantineEvidence } from './suite/quarantine-evidence.ts';
import { type KnownTests, knownTests } from './selection/known-tests.ts';
import { leftOutCases, selectionOf } from './selection/left-out.ts';
import { alsoTold, nothingTold, plugin, putSelection, readSelection, type ToldTests } from './selection/selection-folder.ts';
import { readReport } from './suite/read-report.ts';
import { judgeTests, nothingCollected, type TestsEnded } from './test-verdict.ts';

/** Where pytest is asked to write its report, in the workspace. */
const pytestReport = '.tidegate-junit.xml';

export interface TestCommandDeps extends CommandDeps {
  /** Decides what is in quarantine. */
  readonly clock: Clock;
}

/** Suites under `tests:` that are commands. A failing suite is evidence, not an error: the result is kept and blocks the gate. */
export function testCommandKind(deps: TestCommandDeps): StepKind {
  return {
    kind: 'test-command',
    version: 2,
    measures: true,
    getsReady: true,
    facts: async ({ node }) => ({ ...(await commandFacts(node, deps)), ...quarantineFacts(node, deps.clock) }),
    run: async (context) => {
      const suite = suiteOf(context.node, deps.clock);
      const known = suite.selects ? await knownTests(context, suite.active) : null;
      const { tries, told: ofTests, ran } = await tryOften(context, { ...suite, known }, deps);
      context.workIsDone?.();
      const leftOut = known === null ? [] : leftOutCases(known, ofTests);
      const cases = withQuarantine([...mergeTries(tries), ...leftOut], suite.active);
      const selection = known === null ? {} : { selection: selectionOf(known, ofTests) };
      const told = { ...reportOf(context.node.name.slice('tests.'.length), cases), ...selection };
      const report = context.masking?.record(told) ?? told;
      const judged = judgeTests(report, ran, { ...suite, root: deps.root, step: context.node.name });
      const { digest, bytes } = await context.store.putJson(report);
      const coverage = await keepCoverage(context, suite.coverage === null ? null : join(ran.folder, suite.coverage), report);
      const dependencies = suite.selects ? { dependencies: await kept(context, ofTests.dependencies) } : {};
      const { passed, failed, skipped } = report;
      const flaky = report.cases.filter(({ outcome }) => outcome === 'flaky').length;
      return {
        outputs: { report: { kind: 'file', digest, bytes, files: 1 }, ...coverage.outputs, ...dependencies },
        evidence: [evidenceOf(context, report, judged), ...quarantineEvidence(context.node.name, report, suite), ...coverage.evidence],
        facts: {
          passed,
          failed,
          skipped,
          ...(flaky > 0 && { flaky }),
          ...(tries.length > 1 && { tries: tries.length }),
          ...(leftOut.length > 0 && { reused: leftOut.length }),
          ...coverage.facts,
        },
      };
    },
  };
}

interface Suite {
  readonly argv: readonly string[];
  readonly isPytest: boolean;
  /** Where its report is, in the workspace; null for a command that writes none. */
  readonly reportFile: string | null;
  readonly coverage: string | null;
  readonly reruns: number;
  /** Whether only tests are run that a change concerns. */
  readonly selects: boolean;
  readonly quarantine: readonly QuarantinedTest[];
  /** What of it holds today. */
  readonly active: readonly QuarantinedTest[];
}

function suiteOf({ settings }: StepNode, clock: Clock): Suite {
  const argv = argvOf(settings['run']);
  const own = typeof settings['report'] === 'string' ? settings['report'] : null;
  const isPytest = own === null && pythonCommand(argv).isPytest;
  const quarantine = quarantineOf(settings['quarantine']);
  const selects = settings['select'] === 'affected';
  return {
    argv: [...argv, ...(isPytest ? [`--junitxml=${pytestReport}`] : []), ...(selects ? ['-p', plugin] : [])],
    isPytest,
    reportFile: isPytest ? pytestReport : own,
    coverage: typeof settings['coverage'] === 'string' ? settings['coverage'] : null,
    reruns: typeof settings['reruns'] === 'number' ? settings['reruns'] : 0,
    selects,
    quarantine,
    active: activeAt(quarantine, clock.now()),
  };
}

/** With the day on which it ends, the key of a suite changes: a test that came out of quarantine is judged again. */
function quarantineFacts({ settings }: StepNode, clock: Clock): JsonObject {
  const quarantine = quarantineOf(settings['quarantine']);
  return quarantine.length === 0 ? {} : { quarantined: activeAt(quarantine, clock.now()).map(({ test }) => test) };
}

interface Tries {
  /** The cases of each try. */
  readonly tries: readonly (readonly TestCase[])[];
  /** What all of them said of the tests. */
  readonly told: ToldTests;
  /** How the last one ended. */
  readonly ran: Ran & Pick<TestsEnded, 'fault'>;
}

/**
 * Once, and again while a case has failed in every try that had it, as often as the suite says, each time in a workspace as it was at first: what a try has
 * written is nothing that the next one reads. A try that could not run at all is the last.
 */
async function tryOften(context: StepContext, suite: Suite & { readonly known: KnownTests | null }, deps: TestCommandDeps): Promise<Tries> {
  let workspace = await sealedWorkspace(context);
  const timeoutMs = timeoutOf(context.node.settings['timeoutMs']);
  // the cores are kept until the last try has ended
  const { workIsDone: _, ...unfinished } = context;
  const tries: (readonly TestCase[])[] = [];
  let told: ToldTests = nothingTold;
  for (;;) {
    if (suite.selects) await putSelection(workspace.folder, suite.known);
    for (const path of [suite.reportFile, suite.coverage])
      if (path !== null) await makeRoom(workspace.folder, { name: '', path, publish: false });
    const ended = await runStepCommand(suite.reruns > 0 ? unfinished : context, suite.argv, { ...deps, timeoutMs, workspace });
    if (suite.selects) told = alsoTold(told, await readSelection(ended.folder));
    const ran = told.left.size > 0 && ended.code === nothingCollected ? { ...ended, code: 0 } : ended;
    const own = suite.reportFile === null ? null : await ownCases(context, join(ran.folder, suite.reportFile));
    const fault = own === null || own.ok ? null : own.failure;
    tries.push(own?.ok === true ? own.value : [singleCase(argvOf(context.node.settings['run']), ran, fault)]);
    const couldRun = !ran.timedOut && ran.passed === null && fault === null;
    if (!couldRun || tries.length > suite.reruns || !hasSteadyFailure(tries)) return { tries, told, ran: { ...ran, fault } };
    context.progress(`running again, ${tries.length} of ${suite.reruns}`, null);
    workspace = await sealedWorkspace(context, 'renewed');
  }
}

/** Puts a record into the store. */
async function kept({ store }: StepContext, record: TestDependencies): Promise<Artifact> {
  const { digest, bytes } = await store.putJson(recordJson(record));
  return { kind: 'file', digest, bytes, files: 1 };
}

async function ownCases({ inputs }: StepContext, path: string): Promise<Result<readonly TestCase[], string>> {
  const read = await readReport(path);
  await rm(path, { recursive: true, force: true });
  return read.ok ? { ok: true, value: wholePlaces(read.value, inputs) } : read;
}

/** A command that left no report that can be read has shown nothing by its exit code. */
function singleCase(argv: readonly string[], ran: Ran, fault: string | null): TestCase {
  const passed = ran.code === 0 && fault === null;
  return {
    name: argv.join(' '),
    outcome: passed ? 'passed' : 'failed',
    durationMs: ran.durationMs,
    message: passed ? '' : [...(fault === null ? [] : [`The report ${fault}`]), ...lastWords(ran.tail)].join('\n'),
  };
}

/** A report with its counts. */
export function reportOf(suite: string, cases: readonly TestCase[]): TestReport {
  const count = (outcome: TestCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  return { format: 'tidegate.test-report/1', suite, cases, passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** Cases that go into the evidence; all of them are in the report. */
const mostCases = 100;
const weights = { failed: 3, flaky: 2, skipped: 1, passed: 0 } as const;

function evidenceOf({ node }: StepContext, report: TestReport, judged: Pick<Evidence, 'verdict' | 'reason'>): Evidence {
  const worstFirst = report.cases.toSorted((a, b) => weights[b.outcome] - weights[a.outcome]);
  return {
    format: 'tidegate.evidence/1',
    kind: 'test',
    name: `test.${report.suite}`,
    subject: node.name,
    ...judged,
    blocking: true,
    details: { ...report, cases: worstFirst.slice(0, mostCases).map((one) => ({ ...one })) },
  };
}
