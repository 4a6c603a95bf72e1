import { basename } from 'node:path';
import type { DependenciesOfTest, MissReason, RunId, TestDependencies, TestReport } from '@tidegate/formats';
import type { QuarantinedTest } from '../../config/index.ts';
import type { EarlierResult, StepContext } from '../../pipeline/index.ts';
import { readRecord } from '../../store/index.ts';
import { withQuarantine } from '../suite/quarantine.ts';

/** What an earlier run of a suite says of its tests, and how the sources have changed since. */
export interface KnownTests {
  readonly run: RunId;
  readonly report: TestReport;
  readonly dependencies: TestDependencies;
  /** Python sources, none of which every test depends on. */
  readonly changed: { readonly [path: string]: SourceChange };
  /** Tests that may be left out: they passed, and have their say. */
  readonly offered: { readonly [id: string]: DependenciesOfTest };
}

export type SourceChange = 'changed' | 'added' | 'removed';

/**
 * The earlier result with the fewest changes, if only Python sources have changed since: whatever else does (data, settings, packages, the interpreter, a
 * `conftest.py`) concerns every test. Null for none, and all tests are to run then.
 */
export async function knownTests(context: StepContext, quarantine: readonly QuarantinedTest[]): Promise<KnownTests | null> {
  const sources = new Set(context.inputs.filter(({ source }) => source !== null).map(({ name }) => name));
  let nearest: { readonly result: EarlierResult; readonly changed: KnownTests['changed'] } | null = null;
  for (const result of (await context.earlier?.()) ?? []) {
    const changed = result.outputs['dependencies'] === undefined ? null : sourceChanges(result.changes, sources);
    const isNearer = nearest === null || sizeOf(changed) < sizeOf(nearest.changed);
    if (changed !== null && isNearer) nearest = { result, changed };
  }
  return nearest === null ? null : await read(context, nearest, quarantine);
}

function sizeOf(changed: KnownTests['changed'] | null): number {
  return changed === null ? Infinity : Object.keys(changed).length;
}

/** Null when anything but Python sources has changed. */
function sourceChanges(changes: readonly MissReason[], sources: ReadonlySet<string>): KnownTests['changed'] | null {
  const changed: { [path: string]: SourceChange } = {};
  for (const change of changes) {
    if (change.kind !== 'input-changed') return null;
    const { input, before, after } = change;
    const isSource = input.endsWith('.py') && basename(input) !== 'conftest.py' && (after === null || sources.has(input));
    if (!isSource) return null;
    changed[input] = before === null ? 'added' : after === null ? 'removed' : 'changed';
  }
  return changed;
}

async function read(
  { store }: StepContext,
  { result: { run, outputs }, changed }: { readonly result: EarlierResult; readonly changed: KnownTests['changed'] },
  quarantine: readonly QuarantinedTest[],
): Promise<KnownTests | null> {
  const { report: ofReport, dependencies: ofDependencies } = outputs;
  if (ofReport === undefined || ofDependencies === undefined) return null;
  const report = await readRecord(store, 'tidegate.test-report/1', ofReport.digest);
  const dependencies = await readRecord(store, 'tidegate.test-dependencies/1', ofDependencies.digest);
  const passes = new Map<string, boolean>();
  for (const { name, outcome, quarantine: hidden } of withQuarantine(report.cases, quarantine))
    passes.set(name, (passes.get(name) ?? true) && outcome === 'passed' && hidden === undefined);
  const offered = Object.entries(dependencies.tests).filter(([, { name }]) => passes.get(name) === true);
  return offered.length === 0 ? null : { run, report, dependencies, changed, offered: Object.fromEntries(offered) };
}
