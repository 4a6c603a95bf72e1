import { mayRead } from '@tidegate/formats';
import type { EngineParts } from '../engine-parts.ts';
import type { EarlierResult } from '../step-kind.ts';
import { type Decision, findKeyRecord } from './decide.ts';
import { differences } from './differences.ts';
import { missingObjects } from './missing-objects.ts';
import { newestResults } from './results.ts';

/** How many are looked at: enough for somebody who goes back and forth between a few branches. */
const mostResults = 10;

/** Results that the step of a miss has under other keys, as far as a run of this zone may read them and they are whole; the newest first. */
export async function earlierResults(
  { state, store, zone, project }: EngineParts,
  { key, record, reasons }: Extract<Decision, { readonly kind: 'miss' }>,
): Promise<readonly EarlierResult[]> {
  if (reasons.some(({ kind }) => kind === 'forced')) return [];
  const found: EarlierResult[] = [];
  for (const result of newestResults(state, { project: project.name, step: record.step }, mostResults)) {
    if (result.key === key || !mayRead(zone, result.zone)) continue;
    const before = await findKeyRecord({ store }, result.key);
    if (before === null || (await missingObjects(store, Object.values(result.outputs))).length > 0) continue;
    found.push({ run: result.run, outputs: result.outputs, changes: differences(before, record) });
  }
  return found;
}
