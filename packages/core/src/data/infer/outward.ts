/** Rounds away from what was seen, to two digits of how far the values reach: a limit of more digits would claim to know them. */
export function outward(limit: number, { reach, side }: { readonly reach: number; readonly side: 'low' | 'high' }): number {
  if (limit === 0 || !Number.isFinite(limit)) return limit;
  const round = side === 'low' ? Math.floor : Math.ceil;
  const scale = Math.max(reach, Math.abs(limit) * 1e-12);
  const digits = Math.floor(Math.log10(scale)) - 1;
  // a power of ten below one is not exact, its reciprocal is
  return digits >= 0 ? round(limit / 10 ** digits) * 10 ** digits : round(limit * 10 ** -digits) / 10 ** -digits;
}
