/**
 * How far work is trusted, the least first: a pull request of a fork, a branch, the protected main branch, a release. A run of one zone reads what
 * zones at least as trusted have written, and writes in its own; what it made counts above only after it was made again there.
 */
export type Zone = (typeof zones)[number];

export const zones = ['untrusted', 'branch', 'main', 'release'] as const;

export function isZone(text: string): text is Zone {
  return zones.some((zone) => zone === text);
}

/** Whether a run of zone `reader` may take what a run of zone `writer` has made. */
export function mayRead(reader: Zone, writer: Zone): boolean {
  return zones.indexOf(writer) >= zones.indexOf(reader);
}

/** The zones that a run of this zone may read, the most trusted first. */
export function readableZones(reader: Zone): readonly Zone[] {
  return zones.slice(zones.indexOf(reader)).toReversed();
}

/** The less trusted one of two. */
export function lessTrusted(one: Zone, other: Zone): Zone {
  return mayRead(one, other) ? one : other;
}
