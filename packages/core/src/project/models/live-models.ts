import type { Deployment, Digest } from '@tidegate/formats';
import { deploymentHistory, liveAfter } from '../../deploy/index.ts';
import { readRelease } from '../../packaging/index.ts';
import type { Project } from '../project.ts';

/** A model that was live in an environment. */
export interface LiveModel {
  readonly environment: string;
  readonly service: string;
  readonly model: string;
  readonly version: Digest;
  readonly release: Digest;
  /** ISO 8601, UTC: when it became live, for the time that it was. */
  readonly since: string;
  /** When another took its place, or it was stopped; null while it is live. */
  readonly until: string | null;
}

/**
 * Every time that a model was live, oldest first, by the histories of the environments: those of this home, and what the remote has of an
 * environment that never was deployed to from here.
 */
export async function livesOf(project: Project): Promise<readonly LiveModel[]> {
  const own = deploymentHistory(project.state, project.name);
  const environments = Object.keys(project.config.environments).filter((name) => own.every(({ environment }) => environment !== name));
  const elsewhere = await Promise.all(environments.map((name) => project.elsewhere(name)));
  const places = Map.groupBy([...own, ...elsewhere.flat()], ({ environment, service }) => `${environment} ${service}`);
  const spans = [...places.values()].flatMap((lines) => spansOf(lines));
  const found = await Promise.all(spans.map(async (span) => ({ ...span, ...(await modelOf(project, span.release)) })));
  return found.toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since));
}

/** The models that were live at a time (milliseconds since 1970). */
export async function modelsLiveAt(project: Project, time: number): Promise<readonly LiveModel[]> {
  return (await livesOf(project)).filter(({ since, until }) => Date.parse(since) <= time && (until === null || time < Date.parse(until)));
}

type Span = Omit<LiveModel, 'model' | 'version'>;

function spansOf(lines: readonly Deployment[]): readonly Span[] {
  const sorted = lines.toSorted((a, b) => a.sequence - b.sequence);
  return sorted.flatMap((line, index): readonly Span[] => {
    const { environment, service, release, at } = liveAfter([line]) ?? { ...line, release: null };
    return release === null ? [] : [{ environment, service, release, since: at, until: sorted[index + 1]?.at ?? null }];
  });
}

async function modelOf({ store }: Project, release: Digest): Promise<Pick<LiveModel, 'model' | 'version'>> {
  const { model } = await readRelease(store, release);
  return { model: model.name, version: model.version };
}
