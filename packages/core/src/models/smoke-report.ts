import { type Evidence, shape, type SmokeReport, type TestReport } from '@tidegate/formats';
import { reportOf } from '../commands/index.ts';
import { evidenceOf } from './evidence.ts';

const smokeCase = shape.object({
  name: shape.required(shape.text()),
  outcome: shape.required(shape.oneOf(['passed', 'failed', 'skipped'])),
  durationMs: shape.required(shape.number()),
  message: shape.required(shape.text()),
  mustHold: shape.required(shape.boolean()),
});
const smokeReport = shape.object({ rows: shape.required(shape.number()), cases: shape.required(shape.list(smokeCase)) });

/** What the program that runs models wrote: a model may have had a hand in it, so it is checked like any input. */
export function readSmokeReport(text: string): SmokeReport {
  const parsed = shape.parse(smokeReport, jsonOf(text));
  return parsed.ok ? parsed.value : endedReport(`it left no whole report: ${parsed.failure.map(({ message }) => message).join(', ')}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Of a model whose process did not live through the trial. */
export function endedReport(why: string): SmokeReport {
  const name = 'the model lives through unusual rows';
  return {
    rows: 0,
    cases: [{ name, outcome: 'failed', durationMs: 0, message: `Its process ended while it was tried: ${why}`, mustHold: true }],
  };
}

/** Smoke tests of a model as evidence: what no model may break blocks, what many break is a warning. */
export function smokeEvidence(model: string, { rows, cases }: SmokeReport): readonly Evidence[] {
  const strict = cases.filter(({ mustHold }) => mustHold);
  const lenient = cases.filter(({ mustHold }) => !mustHold);
  return [
    ...(strict.length === 0 ? [] : [judged(model, { name: 'smoke', cases: strict, rows, blocking: true })]),
    ...(lenient.length === 0 ? [] : [judged(model, { name: 'smoke.unusual', cases: lenient, rows, blocking: false })]),
  ];
}

interface Group {
  readonly name: string;
  readonly cases: SmokeReport['cases'];
  readonly rows: number;
  readonly blocking: boolean;
}

function judged(model: string, { name, cases, rows, blocking }: Group): Evidence {
  const report = reportOf(
    `${model} ${name}`,
    cases.map(({ name: tried, outcome, durationMs, message }) => ({ name: tried, outcome, durationMs, message })),
  );
  return evidenceOf(model, { kind: 'test', name, blocking, ...verdictOf(report, rows), details: report });
}

function verdictOf({ cases, passed, failed }: TestReport, rows: number): Pick<Evidence, 'verdict' | 'reason'> {
  const first = cases.find(({ outcome }) => outcome === 'failed');
  if (first !== undefined)
    return {
      verdict: 'fail',
      reason: `${failed} of ${cases.length} smoke tests of the model failed, the first one "${first.name}": ${first.message}`,
    };
  if (passed === 0) return { verdict: 'inconclusive', reason: `No smoke test of the model could be made: ${cases[0]?.message ?? ''}` };
  return { verdict: 'pass', reason: `${passed} smoke ${passed === 1 ? 'test' : 'tests'} of the model passed on ${rows} rows` };
}
