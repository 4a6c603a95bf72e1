import { join } from 'node:path';
import type { Artifact, Evidence, TestCase, TestReport } from '@tidegate/formats';
import { type Engine, openEngine, quoteName, quoteText } from '@tidegate/runtime';
import type { StepContext, StepKind } from '../../pipeline/index.ts';
import { existsSync, rm } from '../../platform/index.ts';
import { type CommandDeps, commandFacts, runStepCommand } from '../step-process.ts';
import { makeRoom } from '../store-output.ts';
import { copyAll, rowsAt } from '../table/rows-at.ts';
import { reportOf } from '../test-command-kind.ts';
import { compareRows } from './compare-rows.ts';
import type { GoldenSettings } from './golden-nodes.ts';

/**
 * Suites under `tests:` that run a step on a small input and compare the rows that it makes with those that are expected: outputs `report` and `made`, which
 * is what would have to be expected for the suite to pass (empty where the step made no table), evidence `test`.
 */
export function goldenKind(deps: CommandDeps): StepKind {
  return {
    kind: 'golden-rows',
    version: 1,
    facts: async ({ node }) => commandFacts(node, deps),
    run: async (context) => {
      const judged = await judge(context, deps);
      const told = reportOf(context.node.name.slice('tests.'.length), judged.cases);
      const report = context.masking?.record(told) ?? told;
      const { digest, bytes } = await context.store.putJson(report);
      return {
        outputs: { report: { kind: 'file', digest, bytes, files: 1 }, made: judged.made },
        evidence: [evidenceOf(context, report, judged.verdict)],
        facts: { passed: report.passed, failed: report.failed },
      };
    },
  };
}

function settingsOf({ settings }: Pick<StepContext['node'], 'settings'>): GoldenSettings {
  return settings as unknown as GoldenSettings; // as goldenNodes wrote them
}

interface Judged {
  readonly cases: readonly TestCase[];
  /** `invalid`: it could not be found out whether the rows are the same. */
  readonly verdict: 'pass' | 'fail' | 'invalid';
  readonly made: Artifact;
}

async function judge(context: StepContext, deps: CommandDeps): Promise<Judged> {
  const { table, path, expect, key, tolerance } = settingsOf(context.node);
  const nothing = async (name: string, message: string): Promise<Judged> => ({
    cases: [failed(name, message)],
    verdict: 'invalid',
    made: { kind: 'file', ...(await context.store.putBytes(new Uint8Array())), files: 1 },
  });
  const ran = await runOnGiven(context, deps);
  if (ran.fault !== null) return nothing('the step runs on what is given', ran.fault);
  const { folder } = ran;
  using engine = await openEngine({ threads: 1, spill: join(folder, '.spill-golden'), signal: context.signal });
  await engine.confine([folder]);
  const unread = await load(context, engine, { table: 'made', rows: existsSync(join(folder, path)) ? await rowsAt(folder, path) : null });
  if (unread !== null)
    return await nothing(`${table} is a table`, existsSync(join(folder, path)) ? unread : `The step did not write "${path}"`);
  const made = await storeMade(context, engine, { folder, expect, key });
  if (made === null) return await nothing(`${expect} can be written`, 'Name a CSV, TSV, Parquet or JSON file');
  if (!existsSync(join(folder, expect))) {
    const suite = context.node.name.slice('tests.'.length);
    const hint = `"${expect}" is not there: look at what the step makes and write it with "tidegate test ${suite} --accept"`;
    return { cases: [failed('the rows that are expected are there', hint)], verdict: 'invalid', made };
  }
  const wrong = await load(context, engine, { table: 'expected', rows: await rowsAt(folder, expect) });
  if (wrong !== null) return { cases: [failed(`${expect} is a table`, wrong)], verdict: 'invalid', made };
  const cases = await compareRows({ engine, key, tolerance });
  context.signal.throwIfAborted();
  return { cases, verdict: cases.some(({ outcome }) => outcome === 'failed') ? 'fail' : 'pass', made };
}

/** Runs the step's command in a workspace with what is given in place. */
async function runOnGiven(context: StepContext, deps: CommandDeps): Promise<{ readonly folder: string; readonly fault: string | null }> {
  const { given, paths, run, timeoutMs } = settingsOf(context.node);
  const folder = await context.workspace(); // nothing in it is shared with the store
  for (const [place, from] of Object.entries(given)) {
    if (!existsSync(join(folder, from))) return { folder, fault: `"${from}" is not there` };
    await rm(join(folder, place), { recursive: true, force: true });
    await copyAll(join(folder, from), join(folder, place));
  }
  for (const path of paths) await makeRoom(folder, { name: '', path, publish: false });
  const ran = await runStepCommand(context, run, { ...deps, timeoutMs, workspace: { folder, sealed: [] } });
  if (ran.timedOut) return { folder, fault: 'It did not end in the time it is given' };
  return { folder, fault: ran.code === 0 ? null : `It ended with ${ran.signal ?? ran.code}: ${ran.tail.at(-1) ?? ''}` };
}

/** @returns why the rows cannot be read; null when they are there */
async function load(
  { signal }: StepContext,
  engine: Engine,
  { table, rows }: { readonly table: string; readonly rows: string | null },
): Promise<string | null> {
  if (rows === null) return 'It is no CSV, Parquet or JSON';
  try {
    await engine.run(`CREATE TABLE ${table} AS ${rows}`);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return `It could not be read: ${(error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''}`;
  }
}

/** What was made, as the file that is expected has it: its format, in the order of the key. Null for a format that is not written. */
async function storeMade(
  { store }: StepContext,
  engine: Engine,
  { folder, expect, key }: { readonly folder: string; readonly expect: string; readonly key: readonly string[] },
): Promise<Artifact | null> {
  const format = formatOf(expect);
  if (format === null) return null;
  const known = new Set((await engine.rows('SELECT column_name AS name FROM (DESCRIBE made)')).map((row) => String(row['name'])));
  const order = key.length > 0 && key.every((name) => known.has(name)) ? key.map(quoteName).join(', ') : 'ALL';
  const file = join(folder, '.tidegate-made');
  await engine.run(`COPY (SELECT * FROM made ORDER BY ${order}) TO ${quoteText(file)} (${format})`);
  return { kind: 'file', ...(await store.putFile(file)), files: 1 };
}

function formatOf(path: string): string | null {
  const zipped = /\.gz$/i.test(path) ? ', COMPRESSION gzip' : '';
  const name = path.replace(/\.gz$/i, '');
  if (/\.csv$/i.test(name)) return `FORMAT csv, HEADER${zipped}`;
  if (/\.tsv$/i.test(name)) return `FORMAT csv, HEADER, DELIMITER '\t'${zipped}`;
  if (/\.(jsonl|ndjson)$/i.test(name)) return `FORMAT json${zipped}`;
  if (/\.json$/i.test(name)) return `FORMAT json, ARRAY true${zipped}`;
  return /\.parquet$/i.test(name) && zipped === '' ? 'FORMAT parquet' : null;
}

function failed(name: string, message: string): TestCase {
  return { name, outcome: 'failed', durationMs: 0, message };
}

function evidenceOf({ node }: StepContext, report: TestReport, verdict: Judged['verdict']): Evidence {
  const { table, expect } = settingsOf(node);
  const bad = report.cases.filter(({ outcome }) => outcome === 'failed');
  const [first] = bad;
  const reason =
    first === undefined
      ? `${table} has the rows of ${expect}`
      : verdict === 'invalid'
        ? `Whether ${table} has the rows of ${expect} could not be found out: ${first.name}: ${first.message}`
        : `${table} has other rows than ${expect}: ${first.name}: ${first.message}${bad.length > 1 ? `; and ${bad.length - 1} more` : ''}`;
  return {
    format: 'tidegate.evidence/1',
    kind: 'test',
    name: `test.${report.suite}`,
    subject: node.name,
    verdict,
    blocking: true,
    reason,
    details: { ...report, cases: report.cases.map((one) => ({ ...one })) },
  };
}
