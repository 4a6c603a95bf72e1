import { figure } from '../evidence/index.ts';
import type { Finding } from './evidence.ts';

/** Whether the model file keeps the limit; nothing to find without one. */
export function judgeSize(bytes: number, limit: number | null): readonly Finding[] {
  if (limit === null) return [];
  const isKept = bytes <= limit;
  const reason = `The model has ${megabytes(bytes)} and at most ${megabytes(limit)} are allowed`;
  return [{ kind: 'limit', name: 'size', verdict: isKept ? 'pass' : 'fail', reason, details: { bytes, limit } }];
}

function megabytes(bytes: number): string {
  return bytes < 10_000 ? `${bytes} bytes` : `${figure(bytes / 1e6)} MB`;
}
