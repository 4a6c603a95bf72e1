import { join } from 'node:path';
import type { Evidence, TestCase, TestReport } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import type { StepContext, StepKind } from '../../pipeline/index.ts';
import { rm } from '../../platform/index.ts';
import { type CommandDeps, commandFacts, runStepCommand } from '../step-process.ts';
import { makeRoom } from '../store-output.ts';
import { reportOf } from '../test-command-kind.ts';
import { judgeTable, rowsOfFiles } from './judge-table.ts';
import { copyAll, rowsAt } from './rows-at.ts';
import type { TablePlace, TableTestSettings } from './table-test-nodes.ts';

/** Suites under `tests:` that say what holds of a table: output `report`, evidence `test`. What does not hold is evidence, not an error. */
export function tableTestsKind(deps: CommandDeps): StepKind {
  return {
    kind: 'table-tests',
    version: 1,
    facts: async ({ node }) => (settingsOf(node).run.length === 0 ? {} : commandFacts(node, deps)),
    run: async (context) => {
      const { cases, broken } = await judge(context, deps);
      const report = reportOf(context.node.name.slice('tests.'.length), cases);
      const { digest, bytes } = await context.store.putJson(report);
      return {
        outputs: { report: { kind: 'file', digest, bytes, files: 1 } },
        evidence: [evidenceOf(context, report, broken)],
        facts: { passed: report.passed, failed: report.failed },
      };
    },
  };
}

function settingsOf({ settings }: Pick<StepContext['node'], 'settings'>): TableTestSettings {
  return settings as unknown as TableTestSettings; // as tableTestNodes wrote them
}

interface Judged {
  readonly cases: readonly TestCase[];
  /** Whether something could not be found out. */
  readonly broken: boolean;
}

async function judge(context: StepContext, deps: CommandDeps): Promise<Judged> {
  const settings = settingsOf(context.node);
  const { table, sameRowsAs, properties } = settings;
  const folder = await context.workspace(); // nothing in it is shared with the store
  const read = await rowsIn(context, folder, table);
  const same = sameRowsAs === null ? null : await rowsIn(context, folder, sameRowsAs);
  const unread = [read === null ? table : null, sameRowsAs !== null && same === null ? sameRowsAs : null].filter((place) => place !== null);
  if (read === null || unread.length > 0)
    return {
      broken: true,
      cases: unread.map(({ name, patterns }) =>
        failed(`${name} is a table`, `It could not be read: "${patterns.join('", "')}" is no CSV, Parquet or JSON`),
      ),
    };
  using engine = await openEngine({ threads: context.node.cpus, spill: join(folder, '.spill-table-tests'), signal: context.signal });
  await engine.confine([folder]);
  try {
    await engine.run(`CREATE TABLE rows AS ${read}`);
    if (same !== null) await engine.run(`CREATE VIEW same AS ${same}`);
  } catch (error) {
    context.signal.throwIfAborted();
    return {
      broken: true,
      cases: [
        failed(
          `${table.name} is a table`,
          `It could not be read: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
        ),
      ],
    };
  }
  const told = await judgeTable({ engine, properties, sameAs: sameRowsAs?.name ?? null });
  context.signal.throwIfAborted();
  if (properties.idempotent === null) return told;
  const again = await idempotence(context, deps, { folder, into: properties.idempotent });
  const differing = again.ran ? await differingRows(engine, await rowsAt(folder, table.patterns[0] ?? '')) : null;
  const name = `with its own rows in place of ${properties.idempotent}, the step makes the same rows`;
  if (!again.ran) return { broken: true, cases: [...told.cases, failed(name, again.message)] };
  const message =
    differing === null ? 'What it made could not be read with the same columns' : differing > 0 ? `${differing} rows are other ones` : '';
  return { broken: told.broken, cases: [...told.cases, { ...failed(name, message), outcome: message === '' ? 'passed' : 'failed' }] };
}

function failed(name: string, message: string): TestCase {
  return { name, outcome: 'failed', durationMs: 0, message };
}

/** SELECT of the rows of an input where it lies in the workspace; null for what is no table. */
async function rowsIn({ inputs, store }: StepContext, folder: string, { name }: TablePlace): Promise<string | null> {
  const input = inputs.find((one) => one.name === name || one.name.startsWith(`${name}/`));
  if (input === undefined || input.place === null) return null;
  const { place, artifact } = input;
  if (artifact.kind === 'file') return rowsOfFiles([join(folder, place)]);
  const { entries } = await store.readTree(artifact.digest);
  return rowsOfFiles(entries.map(({ path }) => join(folder, place, path)));
}

/** Runs the step again with its output as its input. */
async function idempotence(
  context: StepContext,
  deps: CommandDeps,
  { folder, into }: { readonly folder: string; readonly into: string },
): Promise<{ readonly ran: true } | { readonly ran: false; readonly message: string }> {
  const { table, run, timeoutMs } = settingsOf(context.node);
  const [path = ''] = table.patterns;
  await rm(join(folder, into), { recursive: true, force: true });
  await copyAll(join(folder, path), join(folder, into));
  await makeRoom(folder, { name: 'again', path, publish: false });
  const ran = await runStepCommand(context, run, { ...deps, timeoutMs, workspace: { folder, sealed: [] } });
  if (ran.code === 0) return { ran: true };
  return { ran: false, message: `The step could not be run on them: it ended with ${ran.signal ?? ran.code}: ${ran.tail.at(-1) ?? ''}` };
}

/** Rows that one side has and the other has not, each as often as it is there; null when the columns are other ones. */
async function differingRows(engine: Awaited<ReturnType<typeof openEngine>>, read: string | null): Promise<number | null> {
  if (read === null) return null;
  try {
    const [row] = await engine.rows(
      `SELECT (SELECT count(*) FROM (SELECT * FROM rows EXCEPT ALL ${read}))::DOUBLE + (SELECT count(*) FROM (${read} EXCEPT ALL SELECT * FROM rows))::DOUBLE AS n`,
    );
    return Number(row?.['n'] ?? Number.NaN);
  } catch {
    return null;
  }
}

function evidenceOf({ node }: StepContext, report: TestReport, broken: boolean): Evidence {
  const { suite, cases, failed: bad } = report;
  const { name: table } = settingsOf(node).table;
  const first = cases.find(({ outcome }) => outcome === 'failed');
  const all = `${cases.length} ${cases.length === 1 ? 'property' : 'properties'} of ${table}`;
  const reason =
    first === undefined
      ? `${all} ${cases.length === 1 ? 'holds' : 'hold'}`
      : `${bad} of ${all} ${bad === 1 ? 'does' : 'do'} not hold: "${first.name}": ${first.message}`;
  return {
    format: 'tidegate.evidence/1',
    kind: 'test',
    name: `test.${suite}`,
    subject: node.name,
    verdict: broken ? 'invalid' : bad > 0 ? 'fail' : 'pass',
    blocking: true,
    reason,
    details: { ...report, cases: cases.map((one) => ({ ...one })) },
  };
}
