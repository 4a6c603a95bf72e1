import { type Evidence, recordJson, type ReferenceColumn, type WatchedColumnDrift } from '@tidegate/formats';
import type { JudgedColumn } from '@tidegate/runtime';
import type { DriftConfig } from '../../config/index.ts';
import { columnDrift, type CurrentColumn } from '../../data/index.ts';

/** What was found in one column, as evidence about a service. */
export function driftEvidence(
  service: string,
  current: CurrentColumn,
  judged: JudgedColumn,
  drift: DriftConfig & { readonly isPersonal: boolean },
): Evidence {
  const { reference } = current;
  const shown = drift.isPersonal ? { ...current, unseen: null } : current;
  const { details, reason } = columnDrift(shown, judged, { ...drift, reference: 'the training set' });
  const watched: WatchedColumnDrift = { ...details, role: reference.role };
  return evidenceOf(service, reference, { verdict: judged.verdict, reason, details: recordJson(watched) });
}

/** A column that cannot be compared. */
export function invalidColumn(service: string, reference: ReferenceColumn, found: string): Evidence {
  return evidenceOf(service, reference, {
    verdict: 'invalid',
    reason: `${reference.column} cannot be compared with the training set: ${found}`,
    details: { column: reference.column, role: reference.role },
  });
}

function evidenceOf(
  service: string,
  { column, role }: Pick<ReferenceColumn, 'column' | 'role'>,
  found: Pick<Evidence, 'verdict' | 'reason' | 'details'>,
): Evidence {
  const name = role === 'prediction' ? 'drift.prediction' : `drift.input.${column}`;
  return { format: 'tidegate.evidence/1', kind: 'drift', name, subject: `services.${service}`, blocking: false, ...found };
}
