import type { CostLimit } from '../config/index.ts';
import { figure } from '../evidence/index.ts';
import type { Finding } from './evidence.ts';

export interface ModelSize {
  /** Of the model file. */
  readonly bytes: number;
  /** Of the champion's; null without a champion, or when its record is no longer kept. */
  readonly championBytes: number | null;
  readonly hasChampion: boolean;
}

/** Whether the model file keeps the limit; nothing to find without one. */
export function judgeSize(size: ModelSize, limit: CostLimit | undefined): readonly Finding[] {
  const { most = null, times = null } = limit ?? {};
  return [...(most === null ? [] : [judgeAmount(size, most)]), ...(times === null ? [] : [judgeMultiple(size, times)])];
}

function judgeAmount({ bytes }: ModelSize, limit: number): Finding {
  const verdict = bytes <= limit ? 'pass' : 'fail';
  const reason = `The model has ${megabytes(bytes)} and at most ${megabytes(limit)} are allowed`;
  return { kind: 'limit', name: 'size', verdict, reason, details: { bytes, limit } };
}

function judgeMultiple({ bytes, championBytes, hasChampion }: ModelSize, limit: number): Finding {
  const finding = { kind: 'limit' as const, name: 'size.champion', details: { bytes, championBytes, times: limit } };
  if (!hasChampion)
    return {
      ...finding,
      verdict: 'inconclusive',
      blocking: false,
      reason: 'There is no champion whose size the model could be held against',
    };
  if (championBytes === null || championBytes === 0)
    return {
      ...finding,
      verdict: 'inconclusive',
      reason: 'How large the champion is, is no longer kept, so the size is not held against it',
    };
  const verdict = bytes <= limit * championBytes ? 'pass' : 'fail';
  const ratio = `${figure(bytes / championBytes)} times the ${megabytes(championBytes)} of the champion`;
  return { ...finding, verdict, reason: `The model has ${megabytes(bytes)}, ${ratio}, and at most ${figure(limit)} times are allowed` };
}

function megabytes(bytes: number): string {
  return bytes < 10_000 ? `${bytes} bytes` : `${figure(bytes / 1e6)} MB`;
}
