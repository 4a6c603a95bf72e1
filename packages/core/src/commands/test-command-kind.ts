import { join } from 'node:path';
import type { Evidence, TestCase, TestReport, Verdict } from '@tidegate/formats';
import { readTextIfThere, rm } from '../platform/index.ts';
import type { StepContext, StepKind } from '../pipeline/index.ts';
import { argvOf } from './command-kind.ts';
import { parseJunit } from './junit.ts';
import { type CommandDeps, commandFacts, type Ran, runStepCommand } from './step-process.ts';

/** Where pytest is asked to write its report, in the workspace. */
const reportFile = '.tidegate-junit.xml';

/** Suites under `tests:` that are commands. A failing suite is evidence, not an error: the result is kept and blocks the gate. */
export function testCommandKind(deps: CommandDeps): StepKind {
  return {
    kind: 'test-command',
    version: 1,
    facts: ({ node }) => commandFacts(argvOf(node.settings['run']), deps),
    run: async (context) => {
      const argv = argvOf(context.node.settings['run']);
      const timeoutMs = typeof context.node.settings['timeoutMs'] === 'number' ? context.node.settings['timeoutMs'] : null;
      const start = context.platform.clock.elapsed();
      const asked = isPytest(argv) ? [...argv, '-p', 'no:cacheprovider', `--junitxml=${reportFile}`] : argv;
      const ran = await runStepCommand(context, asked, { ...deps, timeoutMs });
      const cases = isPytest(argv) ? await pytestCases(ran.folder) : null;
      const suite = context.node.name.slice('tests.'.length);
      const report = reportOf(suite, cases ?? [singleCase({ argv, ran, durationMs: context.platform.clock.elapsed() - start })]);
      const { digest, bytes } = await context.store.putJson(report);
      return {
        outputs: { report: { kind: 'file', digest, bytes, files: 1 } },
        evidence: [evidenceOf(context, { report, ran, pytest: isPytest(argv) })],
        facts: { passed: report.passed, failed: report.failed, skipped: report.skipped },
      };
    },
  };
}

function isPytest(argv: readonly string[]): boolean {
  return argv[0] === 'pytest' || (/^python/.test(argv[0] ?? '') && argv[1] === '-m' && argv[2] === 'pytest');
}

async function pytestCases(folder: string): Promise<readonly TestCase[] | null> {
  const path = join(folder, reportFile);
  const xml = await readTextIfThere(path);
  await rm(path, { force: true });
  return xml === null ? null : parseJunit(xml);
}

function singleCase({ argv, ran, durationMs }: { argv: readonly string[]; ran: Ran; durationMs: number }): TestCase {
  return {
    name: argv.join(' '),
    outcome: ran.code === 0 ? 'passed' : 'failed',
    durationMs,
    message: ran.code === 0 ? '' : ran.tail.slice(-20).join('\n'),
  };
}

export function reportOf(suite: string, cases: readonly TestCase[]): TestReport {
  const count = (outcome: TestCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  return { format: 'tidegate.test-report/1', suite, cases, passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** pytest: 0 all passed, 1 some failed, 5 none found, anything else it could not run (its documentation, "Exit codes"). */
function verdictOf(ran: Ran, pytest: boolean): Verdict {
  if (ran.timedOut) return 'fail';
  if (ran.code === 0) return 'pass';
  return pytest && ran.code !== 1 ? 'invalid' : 'fail';
}

function evidenceOf({ node }: StepContext, { report, ran, pytest }: { report: TestReport; ran: Ran; pytest: boolean }): Evidence {
  const verdict = verdictOf(ran, pytest);
  const failed = report.cases.filter((one) => one.outcome === 'failed').map((one) => one.name);
  const reasons: Readonly<Record<Verdict, string>> = {
    pass: `All ${report.passed} tests of "${report.suite}" pass`,
    fail: ran.timedOut
      ? `The tests of "${report.suite}" ran longer than they may`
      : `${report.failed} of ${report.cases.length} tests of "${report.suite}" fail: ${failed.slice(0, 5).join(', ')}`,
    invalid:
      pytest && ran.code === 5
        ? `No test of "${report.suite}" was found`
        : `The tests of "${report.suite}" could not run: ${ran.tail.at(-1) ?? `the command ended with ${ran.code}`}`,
    inconclusive: '',
  };
  return {
    format: 'tidegate.evidence/1',
    kind: 'test',
    name: `test.${report.suite}`,
    subject: node.name,
    verdict,
    blocking: true,
    reason: reasons[verdict],
    details: null,
  };
}
