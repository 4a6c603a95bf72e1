import { nameOf } from '../http/json-body.ts';
import type { Mistakes } from '../http/mistakes.ts';

const timeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** The member `at` in milliseconds since 1970; null when it is left out, or a mistake (TG-SERVING-TIME). */
export function readTime(at: unknown, mistakes: Mistakes): number | null {
  if (at === undefined || at === null) return null;
  const time = typeof at === 'string' && timeForm.test(at) ? Date.parse(at) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  const hint = 'Send an ISO 8601 time with an offset, like "2013-09-01T12:00:00Z"';
  mistakes.add(() => ({ at: 'at', code: 'TG-SERVING-TIME', message: `Cannot read "at": found ${nameOf(at)}`, hint }));
  return null;
}
