import { join } from 'node:path';
import type { Evidence, TestCase, TestReport } from '@tidegate/formats';
import { readTextIfThere, rm } from '../platform/index.ts';
import type { StepContext, StepKind } from '../pipeline/index.ts';
import { timeoutOf } from './command-kind.ts';
import { parseJunit } from './junit.ts';
import { lastWords } from './last-words.ts';
import { pythonCommand } from './python-command.ts';
import { sealedWorkspace } from './sealed-workspace.ts';
import { argvOf, type CommandDeps, commandFacts, type Ran, runStepCommand } from './step-process.ts';
import { judgeTests } from './test-verdict.ts';

/** Where pytest is asked to write its report, in the workspace. */
const reportFile = '.tidegate-junit.xml';

/** Suites under `tests:` that are commands. A failing suite is evidence, not an error: the result is kept and blocks the gate. */
export function testCommandKind(deps: CommandDeps): StepKind {
  return {
    kind: 'test-command',
    version: 2,
    measures: true,
    getsReady: true,
    facts: ({ node }) => commandFacts(node, deps),
    run: async (context) => {
      const { node } = context;
      const argv = argvOf(node.settings['run']);
      const { isPytest } = pythonCommand(argv);
      const timeoutMs = timeoutOf(node.settings['timeoutMs']);
      const workspace = await sealedWorkspace(context);
      const ran = await runStepCommand(context, isPytest ? [...argv, `--junitxml=${reportFile}`] : argv, { ...deps, timeoutMs, workspace });
      context.workIsDone?.();
      const own = isPytest ? await ownCases(ran.folder) : null;
      const cases = own ?? [singleCase(argv, ran)];
      const told = reportOf(node.name.slice('tests.'.length), cases);
      const report = context.masking?.record(told) ?? told;
      const { verdict, reason } = judgeTests(report, ran, { isPytest, hasReport: own !== null, root: deps.root, step: node.name });
      const { digest, bytes } = await context.store.putJson(report);
      const { passed, failed, skipped } = report;
      return {
        outputs: { report: { kind: 'file', digest, bytes, files: 1 } },
        evidence: [evidenceOf(context, report, { verdict, reason })],
        facts: { passed, failed, skipped },
      };
    },
  };
}

/** @returns null when pytest left no whole report */
async function ownCases(folder: string): Promise<readonly TestCase[] | null> {
  const path = join(folder, reportFile);
  const xml = await readTextIfThere(path);
  await rm(path, { force: true });
  return xml === null ? null : parseJunit(xml);
}

function singleCase(argv: readonly string[], ran: Ran): TestCase {
  const passed = ran.code === 0;
  return {
    name: argv.join(' '),
    outcome: passed ? 'passed' : 'failed',
    durationMs: ran.durationMs,
    message: passed ? '' : lastWords(ran.tail).join('\n'),
  };
}

/** A report with its counts. */
export function reportOf(suite: string, cases: readonly TestCase[]): TestReport {
  const count = (outcome: TestCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  return { format: 'tidegate.test-report/1', suite, cases, passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** Cases that go into the evidence; all of them are in the report. */
const mostCases = 100;

function evidenceOf({ node }: StepContext, report: TestReport, judged: Pick<Evidence, 'verdict' | 'reason'>): Evidence {
  const worstFirst = report.cases.toSorted((a, b) => Number(b.outcome === 'failed') - Number(a.outcome === 'failed'));
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
