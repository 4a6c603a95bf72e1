import { failure } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import type { Split } from './definitions.ts';
import { internalName, type ResolvedService } from './resolved-service.ts';

/** Row times of a test set (ISO 8601): `from` is in, `until` is out; null = open on that side. */
export interface TestWindow {
  readonly from: string | null;
  readonly until: string | null;
}

/** Finds where the test rows of `work.joined` begin. Only rows with a label count. @throws TG-FEATURES-SPLIT */
export async function windowOf(engine: Engine, service: ResolvedService, split: Split): Promise<TestWindow> {
  const [found] = await engine.rows(
    `SELECT strftime(date_trunc('milliseconds', ${startOf(split)}), '%Y-%m-%dT%H:%M:%S.%gZ') AS start FROM work.joined WHERE ${internalName(service, service.definition.label)} IS NOT NULL`,
  );
  const start = found?.['start'] ?? null;
  if (typeof start !== 'string')
    throw failure(
      'TG-FEATURES-SPLIT',
      `Cannot divide the rows of "${service.spec.name}": none of them has a label`,
      `Look at "${service.spec.label}" in the SQL of the rows`,
    );
  return { from: start, until: null };
}

/**
 * SQL for the part a row belongs to: `test`, `train`, `immature` (earlier than the test rows, but its label was known only
 * when they had begun), `later` than the window, or `unlabelled`.
 */
export function partOf(service: ResolvedService, { from, until }: TestWindow): string {
  const label = internalName(service, service.definition.label);
  const { labelKnown } = service.definition;
  const isMature = from === null || labelKnown === null ? 'true' : `${internalName(service, labelKnown)} < ${instant(from)}`;
  return `CASE WHEN ${label} IS NULL THEN 'unlabelled'
    WHEN ${until === null ? 'false' : `time >= ${instant(until)}`} THEN 'later'
    WHEN ${from === null ? 'true' : `time >= ${instant(from)}`} THEN 'test'
    WHEN ${isMature} THEN 'train' ELSE 'immature' END`;
}

function startOf(split: Split): string {
  switch (split.kind) {
    case 'from':
      return `CASE WHEN count(*) > 0 THEN ${instant(split.time)} END`;
    case 'last-interval':
      return `max(time) - INTERVAL ${quoteText(split.interval)}`;
    case 'last-share':
      return `quantile_disc(time, ${1 - split.share})`;
  }
}

function instant(iso: string): string {
  return `TIMESTAMP ${quoteText(iso.replace('T', ' ').replace(/Z$/, ''))}`;
}
