import { failure } from '@tidegate/formats';
import type { Invocation } from './command.ts';

/** How many cores steps may occupy at once, as `--jobs` says; null = those of the machine. @throws TG-CLI-USAGE */
export function jobsOf(invocation: Pick<Invocation, 'text'>): number | null {
  const text = invocation.text('jobs');
  if (text === undefined) return null;
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw failure('TG-CLI-USAGE', `Cannot run "${text}" jobs at once: it must be a whole number from 1`, 'For example: tidegate run -j 2');
  return jobs;
}
