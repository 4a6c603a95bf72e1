import type { InferredLimit } from './inferred-contract.ts';
import type { ColumnSurvey } from './survey.ts';

const yearMs = 365.25 * 86_400_000;
/** Room on each side: ten years, or what was seen where that is longer. */
const roomYears = 10;

/**
 * Bounds of dates and timestamps that no event reaches by itself: what lies beyond is a clock that was never set, or a sentinel (1970, 9999). Whether data are fresh is
 * another question.
 */
export function momentLimits({ column, infinite, profile: { min, max } }: ColumnSurvey): readonly InferredLimit[] {
  if (column.type === 'time' || infinite > 0 || typeof min !== 'string' || typeof max !== 'string') return [];
  const [first, last] = [Date.parse(min), Date.parse(max)];
  if (Number.isNaN(first) || Number.isNaN(last)) return [];
  const room = Math.max(last - first, roomYears * yearMs);
  const [low, high] = [new Date(first - room), new Date(last + room)].map((at) =>
    Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9000 || at.getUTCFullYear() < 1 ? null : `${at.getUTCFullYear()}`.padStart(4, '0'),
  );
  return [
    ...(low == null ? [] : [{ name: 'minimum', value: `${low}-01-01`, chance: 0, seen: `earliest seen: ${min}` } as const]),
    ...(high == null ? [] : [{ name: 'maximum', value: `${high}-12-31`, chance: 0, seen: `latest seen: ${max}` } as const]),
  ];
}
