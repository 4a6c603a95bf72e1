import type { ProjectConfig, SloConfig } from '../config/index.ts';

/** A service, as rules and dashboard speak of it. */
export interface WatchedService {
  readonly project: string;
  readonly service: string;
  /** Whether it looks features up. */
  readonly hasFeatures: boolean;
  /** Oldest age, in milliseconds, of the newest event of a view in the online store, as its monitor says; null = no limit. */
  readonly oldestFeatureMs: number | null;
  readonly slo: SloConfig | null;
  /** The environments that alerts are for: those at the end of the path, after which no other comes. */
  readonly environments: readonly string[];
}

/** Every service of a project, in the file's order. */
export function watchedServices({ project, services, environments, monitors }: ProjectConfig): readonly WatchedService[] {
  const passed = new Set(Object.values(environments).map(({ after }) => after));
  const last = Object.keys(environments).filter((name) => !passed.has(name));
  return Object.entries(services).map(([service, { features, slo }]) => ({
    project,
    service,
    hasFeatures: features !== null,
    oldestFeatureMs: features === null ? null : (monitors[service]?.staleness?.featuresMs ?? null),
    slo,
    environments: last,
  }));
}
