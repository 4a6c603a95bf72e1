import { join } from 'node:path';
import type { Event, Evidence, RunRecord, StepRecord, TestCase } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { reportOf } from '../../commands/index.ts';
import type { ProjectConfig } from '../../config/index.ts';
import { count, percent } from '../../evidence/index.ts';
import { type EngineParts, executeRun, inputOf, type StepContext, type StepKind, type StepNode } from '../../pipeline/index.ts';
import { mkdir } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { type SampledDataset, sampleFiles } from './sample-files.ts';
import type { SampleSettings } from './sample-nodes.ts';

/** What a run on a sample works with; all of it is of the project that is tested. */
export interface SampleDeps {
  /** Opens the project in a folder, with a home of its own. */
  readonly open: (place: { readonly root: string; readonly home: string }) => Promise<Project>;
  readonly nodesOf: (project: Project) => Promise<readonly StepNode[]>;
  readonly partsOf: (project: Project) => EngineParts;
}

/**
 * Suites under `tests:` that run the whole path as far as the gate on a sample of the data, in a folder and a home of their own: each step is a case. What is judged of data and
 * models is no verdict here, for few rows prove nothing; that a step fails, or a test in it, is one.
 */
export function sampleKind(deps: SampleDeps): StepKind {
  return {
    kind: 'sample-run',
    version: 1,
    measures: true,
    run: async (context) => {
      const root = await context.workspace();
      const home = join(root, '.tidegate-sample');
      await mkdir(home, { recursive: true });
      const sampled = await sampleAll(context, root);
      using project = await deps.open({ root, home });
      const own: Project = { ...project, config: configFor(project.config, await filesOf(context)), remote: null };
      const nodes = await deps.nodesOf(own);
      const parts = deps.partsOf(own);
      const record = await executeRun({ ...parts, kinds: parts.kinds.map(withoutStatistics) }, nodes, {
        commit: null,
        dirty: true,
        branch: null,
        subject: null,
        goal: 'gate',
        keepGoing: true,
        publish: false,
        cpus: Math.max(1, ...nodes.map(({ cpus }) => cpus)),
        signal: context.signal,
        emit: (event) => tell(context, event),
      });
      context.signal.throwIfAborted();
      return await keep(context, sampled, record);
    },
  };
}

function settingsOf({ node }: Pick<StepContext, 'node'>): SampleSettings {
  return node.settings as unknown as SampleSettings; // as sampleNodes wrote them
}

type Sampled = { readonly [dataset: string]: SampledDataset };

async function sampleAll(context: StepContext, root: string): Promise<Sampled> {
  const { share, by, datasets } = settingsOf(context);
  context.progress('taking the sample', null);
  using engine = await openEngine({ threads: context.node.cpus, spill: join(root, '.tidegate-sample', 'spill'), signal: context.signal });
  const sampled: { [dataset: string]: SampledDataset } = {};
  for (const dataset of datasets) {
    const { entries } = await context.store.readTree(inputOf(context, `data.${dataset}/files`).artifact.digest);
    sampled[dataset] = await sampleFiles({ engine, store: context.store, entries, share, by, to: root });
  }
  return sampled;
}

async function filesOf(context: StepContext): Promise<{ readonly [dataset: string]: readonly string[] }> {
  const { datasets } = settingsOf(context);
  const files = datasets.map(async (dataset) => {
    const { entries } = await context.store.readTree(inputOf(context, `data.${dataset}/files`).artifact.digest);
    return [dataset, entries.map(({ path }) => path)] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

/** The project as it is run on the sample: its datasets are files that are there, whatever they come from, and no suite of it takes a sample again. */
function configFor(config: ProjectConfig, files: { readonly [dataset: string]: readonly string[] }): ProjectConfig {
  const data = Object.entries(config.data).map(([name, dataset]) => {
    const { table, drift: _, anomalies: __, ...rest } = dataset;
    const isOwn = dataset.from.source === undefined && table === undefined;
    return [name, isOwn ? rest : { ...rest, from: { files: files[name] ?? [] } }] as const;
  });
  const tests = Object.entries(config.tests).filter(([, { kind }]) => kind !== 'sample');
  const models = Object.entries(config.models).map(([name, model]) => {
    const { serving: _, ...gate } = model.gate;
    return [name, { ...model, gate }] as const;
  });
  return { ...config, data: Object.fromEntries(data), tests: Object.fromEntries(tests), models: Object.fromEntries(models) };
}

/** Few rows prove nothing of data and models: only tests may stop what comes after. */
function withoutStatistics(kind: StepKind): StepKind {
  return {
    ...kind,
    run: async (context) => {
      const result = await kind.run(context);
      return { ...result, evidence: result.evidence.map((item) => (item.kind === 'test' ? item : { ...item, blocking: false })) };
    },
  };
}

function tell(context: StepContext, event: Event): void {
  if (event.kind === 'step-started') context.progress(`running ${event.step} on the sample`, null);
  if (event.kind === 'step-output') context.log(event.stream, event.text);
}

async function keep(context: StepContext, sampled: Sampled, record: RunRecord): ReturnType<StepKind['run']> {
  const report = reportOf(context.node.name.slice('tests.'.length), record.steps.map(caseOf));
  const { digest, bytes } = await context.store.putJson(report);
  const rows = Object.fromEntries(
    Object.entries(sampled).flatMap(([dataset, { rows: found }]) => (found === null ? [] : [[dataset, found] as const])),
  );
  const verdict = verdictOf(report.cases, sampled, settingsOf(context));
  const evidence: Evidence = {
    format: 'tidegate.evidence/1',
    kind: 'test',
    name: `test.${report.suite}`,
    subject: context.node.name,
    ...verdict,
    blocking: true,
    details: { ...report, cases: report.cases.map((one) => ({ ...one })) },
  };
  return {
    outputs: { report: { kind: 'file', digest, bytes, files: 1 } },
    evidence: [evidence],
    facts: { steps: report.passed, failed: report.failed, rows },
  };
}

function caseOf({ step, status, durationMs, failure, evidence }: StepRecord): TestCase {
  const bad = evidence.find((item) => item.blocking && item.verdict !== 'pass');
  if (failure !== null) return { name: step, outcome: 'failed', durationMs, message: `${failure.code}: ${failure.message}` };
  if (bad !== undefined) return { name: step, outcome: 'failed', durationMs, message: bad.reason };
  if (status === 'done' || status === 'hit') return { name: step, outcome: 'passed', durationMs, message: '' };
  return {
    name: step,
    outcome: 'skipped',
    durationMs,
    message: status === 'skipped' ? 'Its condition does not hold' : 'What it needs failed',
  };
}

function verdictOf(cases: readonly TestCase[], sampled: Sampled, { share, by }: SampleSettings): Pick<Evidence, 'verdict' | 'reason'> {
  const failed = cases.filter(({ outcome }) => outcome === 'failed');
  const [first] = failed;
  const chosen = Object.entries(sampled).flatMap(([dataset, { by: column, rows }]) =>
    column === null ? [] : [{ dataset, rows: rows ?? 0 }],
  );
  const empty = chosen.find(({ rows }) => rows === 0);
  if (chosen.length === 0)
    return { verdict: 'invalid', reason: `No dataset has a column ${by.map((name) => `"${name}"`).join(' or ')}, so no sample was taken` };
  if (empty !== undefined)
    return { verdict: 'invalid', reason: `A sample of ${percent(share)} has no row of data.${empty.dataset}: take a larger one` };
  if (first !== undefined)
    return {
      verdict: 'fail',
      reason: `${failed.length} of ${cases.length} steps failed on a sample of ${percent(share)}: ${first.name}: ${inOneLine(first.message)}`,
    };
  const passed = cases.filter(({ outcome }) => outcome === 'passed').length;
  const rows = chosen.map(({ dataset, rows: found }) => `${count(found)} of data.${dataset}`).join(', ');
  return { verdict: 'pass', reason: `${passed} of ${cases.length} steps came to a result on a sample of ${percent(share)}: ${rows}` };
}

/** What was said first and, of what a command printed, last. */
function inOneLine(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return [...new Set([lines[0] ?? '', lines.at(-1) ?? ''])].join(': ');
}
