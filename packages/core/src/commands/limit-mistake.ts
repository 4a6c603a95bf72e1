import type { Diagnostic } from '@tidegate/formats';
import type { LimitPassed } from '../platform/index.ts';

/** What to say of a step that was ended because it took too much; `output` are its last words. */
export function limitMistake(step: string, { kind, limit, found }: LimitPassed, output: string): Omit<Diagnostic, 'place'> {
  const code = 'TG-COMMANDS-LIMIT';
  if (kind === 'processes')
    return {
      code,
      message: `Cannot finish "${step}": it had ${found} processes at once, and may have ${limit}${output}`,
      hint: `Raise "limits: { processes: … }" of ${step} in tidegate.yaml, or let it start fewer`,
    };
  return {
    code,
    message: `Cannot finish "${step}": it took ${gigabytes(found)} of memory, and may take ${gigabytes(limit)}${output}`,
    hint: `Raise "memory:" of ${step} in tidegate.yaml, or read less at once`,
  };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
