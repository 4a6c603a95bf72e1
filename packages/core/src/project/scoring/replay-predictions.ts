import { join } from 'node:path';
import { type Deployment, type Digest, failure, type ReplayReport, shape } from '@tidegate/formats';
import { predictionLogFolder } from '../../deploy/index.ts';
import { mkdir, removeLeftovers, rm, temporaryBeside, writeFileAtomically } from '../../platform/index.ts';
import { replayLog } from '../../scoring/index.ts';
import { deploymentsOf, requireEnvironment } from '../deploy/environments.ts';
import type { Project } from '../project.ts';
import { type DataToScore, dataToScore, scoringParts, type Told } from './scoring-parts.ts';

export interface ReplayRequest extends Told {
  readonly environment: string;
  /** Null where there is one. */
  readonly service: string | null;
  /** Moments of the predictions, milliseconds since 1970: `sinceMs` is in, `untilMs` is out; null = open. */
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly tolerance: number;
  /** Whether features are computed from the dataset versions of earlier runs, and no source is looked at. */
  readonly pinned: boolean;
  /** File with a row for each prediction compared; null = none. */
  readonly output: string | null;
  /** File for the report; null = none. */
  readonly receipt: string | null;
  readonly progress: (doing: string, rows: number) => void;
}

/**
 * Scores the predictions of an environment's log again, as of the same moments, and says for how many rows prediction and features
 * came out the same.
 *
 * @throws TG-CLI-NOT-FOUND when nothing was ever live there, or several services were; TG-STORE-OBJECT-MISSING when a release is no
 *   longer kept
 */
export async function replayPredictions(project: Project, request: ReplayRequest): Promise<ReplayReport> {
  const { environment } = request;
  requireEnvironment(project, environment);
  const history = deploymentsOf(project).filter((line) => line.environment === environment);
  const service = serviceIn(history, request);
  const place = { project: project.name, environment, service };
  const scores = join(project.home.scores, project.name);
  const folder = temporaryBeside(join(scores, 'replay')); // not where others can read it: the log may tell of persons
  await removeLeftovers(scores);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const known = new Map<Digest, Promise<DataToScore>>();
  try {
    const report = await replayLog({
      ...request,
      ...scoringParts(project, environment, request),
      ...place,
      log: predictionLogFolder(project.home.deployments, place),
      folder,
      hiddenIn: (release) => hiddenIn(project, history, { service, release }),
      dataOf: (manifest) => {
        const of = manifest.model.version;
        const data = known.get(of) ?? dataToScore(project, manifest, request);
        known.set(of, data);
        return data;
      },
    });
    if (request.receipt !== null) await writeFileAtomically(request.receipt, `${JSON.stringify(report, null, 2)}\n`);
    return report;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function serviceIn(history: readonly Deployment[], { environment, service }: ReplayRequest): string {
  const names = [...new Set(history.map((line) => line.service))];
  const found = service === null ? names : names.filter((name) => name === service);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot replay the predictions of "${environment}": ${first === undefined ? 'nothing was ever live there' : 'several services were'}`,
    names.length === 0 ? `Deploy something: tidegate deploy ${environment}` : `Name one of ${names.join(', ')} with "--service"`,
  );
}

const logShape = shape.object(
  { log: shape.optional(shape.object({ personal: shape.optional(shape.list(shape.text())) }, { open: true })) },
  { open: true },
);

/** What was personal in any deployment of the release here; where that is not kept, what is personal now. */
async function hiddenIn(
  { store, config }: Project,
  history: readonly Deployment[],
  { service, release }: { readonly service: string; readonly release: Digest },
): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const line of history) {
    if (line.service !== service || line.release !== release) continue;
    const settings = line.settings === null || !(await store.has(line.settings)) ? null : await store.readJson(line.settings);
    const parsed = shape.parse(logShape, settings);
    const personal = (parsed.ok ? parsed.value.log?.personal : null) ?? config.services[service]?.log.personal ?? [];
    for (const name of personal) names.add(name);
  }
  return [...names];
}
