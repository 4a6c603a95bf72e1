import type { DataDrift, Digest, DriftedColumn, DriftSample, DriftSince } from '@tidegate/formats';
import type { BeyondColumns, JudgedSides } from '../../../data/index.ts';

/** What was compared, by name. */
export interface ComparedSide {
  readonly name: string;
  readonly version: Digest | null;
}

interface JudgedPair {
  readonly earlier: ComparedSide;
  readonly later: ComparedSide;
  readonly judged: JudgedSides;
  readonly since: ReadonlyMap<DriftedColumn, DriftSince>;
}

export function movedColumns({ columns }: JudgedSides): readonly DriftedColumn[] {
  return columns.filter(({ verdict }) => verdict === 'fail');
}

/** What was found of single columns, with who was compared and since when they moved. */
export function driftRecord(dataset: string, { earlier, later, judged, since }: JudgedPair): Omit<DataDrift, keyof BeyondColumns> {
  const { rows, spans, verdict, reason, settings, from, seasons, columns, leftOut } = judged;
  return {
    format: 'tidegate.data-drift/1',
    dataset,
    before: sample(earlier, rows.before, spans.before),
    after: sample(later, rows.after, spans.after),
    verdict,
    reason,
    settings,
    from,
    seasons,
    columns: columns.map((column) => ({ ...column, since: since.get(column) ?? null })),
    leftOut,
  };
}

function sample({ name, version }: ComparedSide, rows: number, span: JudgedSides['spans']['before']): DriftSample {
  const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
  return { name, version, rows, from: iso(span?.fromMs), until: iso(span?.untilMs) };
}
