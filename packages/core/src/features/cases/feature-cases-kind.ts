import type { Artifact, DatasetSchema, Evidence, TestCase, TestReport } from '@tidegate/formats';
import { TidegateError } from '@tidegate/formats';
import { reportOf } from '../../commands/index.ts';
import { diagnosticAt, errorOf, type ParsedYaml, parseYamlDocument } from '../../config/index.ts';
import { readSchema } from '../../data/index.ts';
import { type StepContext, type StepKind, type StepResult, textOfInput } from '../../pipeline/index.ts';
import { caseFile, type FeatureCase, pathOfCase } from './case-file.ts';
import { CaseMistake } from './given-tables.ts';
import { openEmpty } from '../dataset-tables.ts';
import type { ServiceDefinition, ViewDefinition } from '../definitions.ts';
import { type FeatureKindDeps, sqlOf } from '../feature-kind.ts';
import { type ServiceMeaning, serviceFrom, viewFrom, type ViewMeaning } from '../meaning.ts';
import { type CaseRoom, runCase } from './run-case.ts';

/** Runs golden cases of views and services on small tables: output `report` (TestReport), evidence `test`. */
export function featureCasesKind({ datasets }: FeatureKindDeps): StepKind {
  return { kind: 'feature-cases', version: 1, measures: true, run: (context) => run(context, datasets) };
}

interface Settings {
  readonly views: { readonly [name: string]: ViewMeaning };
  readonly services: { readonly [name: string]: ServiceMeaning };
}

async function run(context: StepContext, known: readonly string[]): Promise<StepResult> {
  const folder = await context.workspace();
  using engine = await openEmpty({ store: context.store, folder, spill: `${folder}/.spill-cases`, signal: context.signal });
  await engine.confine([folder]);
  const datasets = await schemas(context);
  const room: CaseRoom = { engine, datasets, known, ...(await definitionsOf(context)) };
  const cases: TestCase[] = [];
  for (const file of await caseFiles(context)) {
    for (const [index, told] of file.value.entries()) {
      context.signal.throwIfAborted();
      cases.push(await judge(context, { room, file, told, index }));
    }
  }
  const report = reportOf(context.node.name.slice('tests.'.length), cases);
  return {
    outputs: { report: artifact(await context.store.putJson(report)) },
    evidence: [evidenceOf(context, report)],
    facts: { passed: report.passed, failed: report.failed },
  };
}

async function schemas({ inputs, store }: StepContext): Promise<readonly DatasetSchema[]> {
  const found = inputs.filter(({ name }) => /^data\.[^/]+\/schema$/.test(name));
  return Promise.all(found.map(({ artifact }) => readSchema(store, artifact)));
}

async function definitionsOf(context: StepContext): Promise<Pick<CaseRoom, 'views' | 'services'>> {
  const settings = context.node.settings as unknown as Settings;
  const sources = Object.values(settings.services).flatMap((service) => [service.rows, ...service.views.map((join) => join.view.sql)]);
  const sourceOf = await sqlOf(context, [...sources, ...Object.values(settings.views).map((view) => view.sql)]);
  const views: { [name: string]: ViewDefinition } = {};
  for (const [name, view] of Object.entries(settings.views)) views[name] = viewFrom(view, sourceOf(view.sql, `view "${name}"`));
  const services: { [name: string]: ServiceDefinition } = {};
  for (const [name, service] of Object.entries(settings.services)) services[name] = serviceFrom(service, sourceOf);
  return { views, services };
}

type CaseFile = ParsedYaml<readonly FeatureCase[]>;

/** The files among the inputs that are cases. @throws TidegateError with every mistake in them */
async function caseFiles(context: StepContext): Promise<readonly CaseFile[]> {
  const files: CaseFile[] = [];
  for (const input of context.inputs) {
    const { name, source } = input;
    if (source === null || name.endsWith('.sql')) continue;
    const parsed = parseYamlDocument(name, await textOfInput(context, input), caseFile);
    if (!parsed.ok) throw errorOf(parsed.failure);
    files.push(parsed.value);
  }
  return files;
}

interface OneCase {
  readonly room: CaseRoom;
  readonly file: CaseFile;
  readonly told: FeatureCase;
  readonly index: number;
}

async function judge(context: StepContext, { room, file, told, index }: OneCase): Promise<TestCase> {
  const start = context.platform.clock.elapsed();
  const name = told.name ?? `${file.document.file} ${index + 1}`;
  const differences = await runCase(room, told).catch((error: unknown) => {
    context.signal.throwIfAborted(); // a query that was cut off is no failed case
    if (error instanceof CaseMistake) throw placed(error, file, index);
    if (error instanceof TidegateError) return error.diagnostics.map((diagnostic) => diagnostic.message);
    throw error;
  });
  return {
    name,
    outcome: differences.length === 0 ? 'passed' : 'failed',
    durationMs: context.platform.clock.elapsed() - start,
    message: differences.join('\n'),
  };
}

function placed({ at, message, hint }: CaseMistake, { document }: CaseFile, index: number): TidegateError {
  return errorOf([diagnosticAt(document, [...pathOfCase(document.value, index), ...at], { code: 'TG-FEATURES-CASE', message, hint })]);
}

function evidenceOf({ node }: StepContext, report: TestReport): Evidence {
  const { suite, cases, failed } = report;
  const judged = (verdict: Evidence['verdict'], reason: string): Evidence => ({
    format: 'tidegate.evidence/1',
    kind: 'test',
    name: `test.${suite}`,
    subject: node.name,
    verdict,
    blocking: true,
    reason,
    details: { ...report, cases: cases.map((one) => ({ ...one })) },
  });
  const count = cases.length === 1 ? '1 case' : `${cases.length} cases`;
  if (cases.length === 0) return judged('invalid', `No case of "${suite}" was found`);
  if (failed === 0) return judged('pass', `${count} of "${suite}" passed`);
  const first = cases.find((one) => one.outcome === 'failed');
  return judged('fail', `${failed} of ${count} of "${suite}" failed: "${first?.name}": ${first?.message.split('\n')[0]}`);
}

function artifact({ digest, bytes }: { readonly digest: Artifact['digest']; readonly bytes: number }): Artifact {
  return { kind: 'file', digest, bytes, files: 1 };
}
