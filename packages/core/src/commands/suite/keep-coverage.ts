import type { Artifact, Evidence, JsonObject, TestReport } from '@tidegate/formats';
import { percent } from '../../evidence/index.ts';
import type { StepContext } from '../../pipeline/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import { coverageOf } from './coverage-share.ts';

export interface KeptCoverage {
  readonly outputs: { readonly [output: string]: Artifact };
  readonly evidence: readonly Evidence[];
  readonly facts: JsonObject;
}

const nothing: KeptCoverage = { outputs: {}, evidence: [], facts: {} };

/**
 * Puts a suite's coverage file into the store and tells its share of lines; that it is not there (the output is empty then), or cannot be read, blocks
 * nothing and is said. Where tests were left out, the others' share is none of the suite.
 */
export async function keepCoverage(context: StepContext, path: string | null, report: TestReport): Promise<KeptCoverage> {
  if (path === null) return nothing;
  const { node, store } = context;
  const suite = node.name.slice('tests.'.length);
  const told = (verdict: Evidence['verdict'], reason: string, details: JsonObject = {}): readonly Evidence[] => [
    {
      format: 'tidegate.evidence/1',
      kind: 'test',
      name: `coverage.${suite}`,
      subject: node.name,
      verdict,
      blocking: false,
      reason,
      details,
    },
  ];
  const text = await readTextIfThere(path);
  const { digest, bytes } = await store.putBytes(new TextEncoder().encode(text ?? ''));
  const outputs = { coverage: { kind: 'file', digest, bytes, files: 1 } } as const;
  if (text === null)
    return {
      outputs,
      facts: {},
      evidence: told('invalid', `The command of "${suite}" did not write its coverage file "${declared(context)}"`),
    };
  const coverage = coverageOf(text);
  if (coverage === null)
    return {
      outputs,
      facts: {},
      evidence: told('invalid', `The coverage file "${declared(context)}" of "${suite}" is neither Cobertura XML nor LCOV with lines`),
    };
  const { covered, lines } = coverage;
  const left = report.selection?.left ?? 0;
  if (left > 0) {
    const reason = `${left} of ${report.cases.length} tests of "${suite}" were not run again, so what the others ran is no coverage of it: all are run by "tidegate test ${suite} --force"`;
    return { outputs, facts: {}, evidence: told('inconclusive', reason) };
  }
  const reason = `The tests of "${suite}" ran ${percent(covered / lines)} of ${lines} lines`;
  return { outputs, facts: { coverage: Number((covered / lines).toFixed(4)) }, evidence: told('pass', reason, { covered, lines }) };
}

function declared({ node }: StepContext): string {
  return String(node.settings['coverage']);
}
