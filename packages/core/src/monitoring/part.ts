import type { Evidence, MonitorPart, MonitorWindow } from '@tidegate/formats';

/** What one part of a monitor found. */
export interface Part {
  readonly part: MonitorPart;
  readonly evidence: readonly Evidence[];
}

export function partOf(name: MonitorPart['part'], found: Omit<MonitorPart, 'part'>, evidence: readonly Evidence[] = []): Part {
  return { part: { part: name, ...found }, evidence };
}

/** Nothing to look at is no pass. */
export function nothingIn(name: MonitorPart['part'], window: MonitorWindow): Part {
  const others = window.ofOtherReleases === 0 ? '' : `; ${window.ofOtherReleases} are of releases that were live before`;
  return partOf(name, {
    verdict: 'inconclusive',
    reason: `There is no prediction of the live release from ${window.from} to ${window.until}${others}`,
    window,
  });
}
