import type { Digest, Evidence, Json, JsonObject, RowTombstone, RunRecord, StepRecord } from '@tidegate/formats';
import type { Project } from '../project.ts';
import type { MadeFromRows } from './what-saw.ts';

export interface EvidenceToClear {
  readonly tombstone: RowTombstone;
  /** Versions of the dataset that showed such rows. */
  readonly versions: ReadonlySet<Digest>;
  /** Results that came from them. */
  readonly made: readonly MadeFromRows[];
}

/**
 * Takes out of the records of runs what may show a row that was forgotten: what checks of such versions have found, and what tests of what was made from them have said.
 * The verdicts stay. Part of the caller's transaction.
 */
export function clearEvidence({ state, name }: Project, { tombstone: { id, dataset }, versions, made }: EvidenceToClear): void {
  const keys = new Set<Digest | null>(made.map(({ key }) => key));
  const rows = state.prepare('SELECT id, record FROM run WHERE project = ?').all(name);
  const update = state.prepare('UPDATE run SET record = ? WHERE id = ?');
  const clearedStep = (step: StepRecord): StepRecord => {
    const version = step.outputs['version']?.digest;
    if (step.step === `data.${dataset}` && version !== undefined && versions.has(version))
      return { ...step, evidence: step.evidence.map((one) => clearedCheck(one, id)) };
    return keys.has(step.key) ? { ...step, evidence: step.evidence.map((one) => clearedTest(one, id)) } : step;
  };
  for (const row of rows) {
    const record = JSON.parse(String(row['record'])) as RunRecord;
    const cleared = { ...record, steps: (record.steps ?? []).map(clearedStep) };
    if (JSON.stringify(cleared) !== JSON.stringify(record)) update.run(JSON.stringify(cleared), String(row['id']));
  }
}

function clearedCheck(evidence: Evidence, id: string): Evidence {
  if (evidence.verdict === 'pass') return evidence;
  return {
    ...evidence,
    reason: reasonOf(id),
    details: isRecord(evidence.details) ? { ...evidence.details, examples: [], measured: null } : null,
  };
}

/** Tests are what users wrote, and may print any value that they have read; all other evidence is numbers. */
function clearedTest(evidence: Evidence, id: string): Evidence {
  if (evidence.kind !== 'test') return evidence;
  const { details, verdict } = evidence;
  const listed = isRecord(details) ? details['cases'] : null;
  if (!isRecord(details) || !Array.isArray(listed)) return evidence;
  const cases = listed.map((one: Json) => (isRecord(one) ? { ...one, message: '' } : one));
  return { ...evidence, reason: verdict === 'pass' ? evidence.reason : reasonOf(id), details: { ...details, cases } };
}

function reasonOf(id: string): string {
  return `Rows that it was measured on were forgotten (${id})`;
}

function isRecord(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
