import { type Evidence, failure, nearest, type Verdict, worstVerdict } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { type DriftConfig, lastEnvironment } from '../../config/index.ts';
import type { JudgedCheck, JudgedContract } from '../../data/index.ts';
import { liveAfter, predictionLogFolder } from '../../deploy/index.ts';
import { judgeWindowDrift, type LiveModel, readAsPart } from '../../monitoring/index.ts';
import { liveModel } from '../monitors/live-model.ts';
import type { Project } from '../project.ts';
import { type PromisedColumn, promisedColumns, type ServicePromises, servicePromises } from './service-promises.ts';

export interface LiveServiceTest {
  /** A dataset whose data contract and consumers count; null = every dataset that inputs of the service come from. */
  readonly dataset: string | null;
  /** Null = every service. */
  readonly service: string | null;
  /** Null = the one that the service's monitor watches, or else the last of the path. */
  readonly environment: string | null;
  /** Milliseconds back from `now`; null = as the service's monitor has it, or else 7 days. */
  readonly windowMs: number | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/**
 * Judges what live services were asked with by what data contracts promise of it (`tidegate.skew`, `tidegate.drift`): the prediction log of the live release against what its model was trained on, with the
 * settings of the service's monitor where it has one. Keeps nothing. What cannot be measured is inconclusive, and says what to do.
 *
 * @throws TG-CLI-NOT-FOUND for a dataset, service or environment that there is not, and where no data contract promises anything of the services; every mistake of a document
 */
export async function testLiveService(project: Project, request: LiveServiceTest): Promise<readonly JudgedContract[]> {
  const services = namesOf(project, request);
  const judged: JudgedContract[] = [];
  for (const service of services) {
    const promises = await servicePromises(project, service, request.dataset);
    if (promises.length === 0) continue;
    const place = placeOf(project, service, request);
    const live = await liveModel(project, place);
    for (const promise of promises) judged.push(await judgePromises(project, { ...request, promise, place, live }));
  }
  if (judged.length > 0) return judged;
  const of = services.length === 1 ? `the inputs of "${services[0] ?? ''}"` : 'the inputs of any service';
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot test ${of}: no data contract${request.dataset === null ? '' : ` of "data.${request.dataset}"`} promises how far they may be from training`,
    'Add "customProperties: [{ property: tidegate.skew, value: { atMost: 0.1 } }]" to a property whose column is an input',
  );
}

function namesOf({ config }: Project, { dataset, service, environment }: LiveServiceTest): readonly string[] {
  const services = Object.keys(config.services);
  requireNamed('dataset', dataset, Object.keys(config.data));
  requireNamed('service', service, services);
  requireNamed('environment', environment, Object.keys(config.environments));
  return service === null ? services : [service];
}

function requireNamed(what: string, name: string | null, names: readonly string[]): void {
  if (name === null || names.includes(name)) return;
  const near = nearest(name, names);
  const all = names.length === 0 ? `The project has no ${what}s` : `The project has ${names.join(', ')}`;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find the ${what} "${name}": the project has none of that name`,
    near === null ? all : `Did you mean "${near}"?`,
  );
}

interface Place {
  readonly environment: string;
  readonly service: string;
}

function placeOf({ config }: Project, service: string, { environment }: LiveServiceTest): Place {
  const usual = config.monitors[service]?.environment ?? lastEnvironment(config.environments);
  return { service, environment: environment ?? usual ?? '' };
}

interface PromisesToJudge extends Pick<LiveServiceTest, 'windowMs' | 'now' | 'signal'> {
  readonly promise: ServicePromises;
  readonly place: Place;
  readonly live: LiveModel | null;
}

async function judgePromises(project: Project, judging: PromisesToJudge): Promise<JudgedContract> {
  const { promise, place, live, now } = judging;
  const { contract, file } = promise;
  const { span, ...asked } = live === null ? await notLive(project, place) : await askedWith(project, { ...judging, live });
  const { rows } = asked;
  const checks = promisedColumns(promise, live).flatMap((column) => checksOf(column, { service: place.service, ...asked }));
  const counting = checks.filter(({ severity }) => severity === 'error');
  return {
    file,
    id: contract.id,
    version: contract.version,
    object: contract.object,
    data: `what "${place.service}" in ${place.environment} was asked with${span}`,
    rows,
    asOf: new Date(now).toISOString(),
    verdict: worstVerdict(counting.map(({ verdict }) => verdict)),
    checks,
  };
}

/** What was found of a service, by the names of its model's inputs. */
interface Asked {
  readonly found: ReadonlyMap<string, Evidence>;
  /** What an input counts as that was not judged: inconclusive, or invalid where the log cannot be read. */
  readonly otherwise: Verdict;
  /** Why an input was not judged. */
  readonly unmeasured: (input: string) => string;
  readonly rows: number;
  /** From when until when, in words; nothing where it is not known. */
  readonly span: string;
}

async function notLive({ elsewhere }: Project, { environment, service }: Place): Promise<Asked> {
  const isElsewhere =
    environment !== '' && liveAfter((await elsewhere(environment)).filter((line) => line.service === service))?.release != null;
  const why = isElsewhere
    ? `"${service}" went live in "${environment}" from another machine, and its prediction log is there; run this command there`
    : `nothing is live in "${environment}" as "${service}"; bring a release there: tidegate run --to ${environment}`;
  return { found: new Map(), otherwise: 'inconclusive', unmeasured: () => why, rows: 0, span: '' };
}

async function askedWith(project: Project, judging: PromisesToJudge & { readonly live: LiveModel }): Promise<Asked> {
  const { promise, place, live, now, signal } = judging;
  const { service } = place;
  const config = project.config.monitors[service];
  const windowMs = judging.windowMs ?? config?.windowMs ?? usualWindowMs;
  const { log } = project.config.services[service] ?? { log: null };
  const columns = promisedColumns(promise, live);
  const floors = new Map(columns.flatMap(({ inputs, allowedSkew }) => inputs.map((input) => [input, allowedSkew] as const)));
  using engine = await openEngine({ threads: 1, signal });
  const watched = {
    project: project.name,
    service,
    config: { ...usualMonitor, environment: place.environment, windowMs },
    nowMs: now,
    log: predictionLogFolder(project.home.deployments, { project: project.name, ...place }),
    personal: log?.personal ?? [],
    floors,
    hidden: new Set(columns.flatMap(({ inputs, personal }) => (personal ? inputs : []))),
    live,
  };
  const drift = { ...(config?.drift ?? usualDrift), together: false, ignore: [] };
  const { part, evidence } = await readAsPart('drift', () =>
    judgeWindowDrift({ ...project, engine }, watched, drift, { only: new Set(floors.keys()) }),
  );
  const window = part.window;
  const nothing =
    log?.samplePercent === 0
      ? `; nothing is logged, for "log: { sample: 0 }" of services.${service} says so`
      : '; ask it by POST /v1/predict, or look further back with "--window"';
  return {
    found: new Map(evidence.map((one) => [one.name.replace(/^drift\.input\./, ''), one])),
    otherwise: part.verdict === 'invalid' ? 'invalid' : 'inconclusive',
    unmeasured: (input) =>
      window === null || window.rows === 0
        ? `${lowerFirst(part.reason)}${window === null ? '' : nothing}`
        : watched.personal.includes(input)
          ? 'it is logged as hashes only'
          : `its values cannot be compared with those of the training set: it is not there, is no number, truth value or text, or each row has another text`,
    rows: window?.rows ?? 0,
    span: window === null ? '' : ` from ${window.from} to ${window.until}`,
  };
}

/** As monitors are by default. */
const usualWindowMs = 7 * 86_400_000;
const usualDrift: DriftConfig = { by: 'windows', floor: 0.1, falseAlarms: 0.01, together: false, ignore: [] };
const usualMonitor = { everyMs: 86_400_000, drift: usualDrift, quality: null, staleness: null, retrain: null };

interface Findings extends Omit<Asked, 'span'> {
  readonly service: string;
}

function checksOf({ name, allowedSkew, inputs }: PromisedColumn, findings: Findings): readonly JudgedCheck[] {
  const { service, found, unmeasured, otherwise, rows } = findings;
  const promiseOf = (input: string): string =>
    `${input}: what "${service}" is asked with is at most ${allowedSkew} from what its model was trained on`;
  const usual = { column: name, dimension: 'consistency', failingRows: 0, rows, measured: null, examples: [] } as const;
  if (inputs.length === 0) {
    const promise = promiseOf(name);
    const reason = `${promise}: no input of its model comes from this column`;
    return [{ ...usual, name: `${name}.skew`, promise, severity: 'warning', verdict: 'inconclusive', reason }];
  }
  return inputs.map((input) => {
    const promise = promiseOf(input);
    const check = { ...usual, name: input === name ? `${name}.skew` : `${name}.skew.${input}`, promise, severity: 'error' } as const;
    const own = found.get(input);
    return own === undefined
      ? { ...check, verdict: otherwise, reason: `${promise}: ${unmeasured(input)}` }
      : { ...check, verdict: own.verdict, measured: distanceIn(own), reason: own.reason };
  });
}

function distanceIn({ details }: Evidence): number | null {
  const distance = typeof details === 'object' && details !== null && 'distance' in details ? details['distance'] : null;
  return typeof distance === 'number' ? distance : null;
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
