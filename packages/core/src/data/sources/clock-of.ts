import { clockFinding } from './measured-findings.ts';
import type { SourceFinding } from './source.ts';

/** A server tells its time by the second. Null when it does not. */
export async function clockOf(date: string | undefined): Promise<Omit<SourceFinding, 'about'> | null> {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? null : clockFinding(async () => time + 500);
}
