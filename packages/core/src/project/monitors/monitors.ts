import {
  type EmitEvent,
  type Evidence,
  failure,
  type MonitorCheck,
  type MonitorPart,
  nearest,
  type Retraining,
  type RunId,
} from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import type { MonitorConfig } from '../../config/index.ts';
import { predictionLogFolder } from '../../deploy/index.ts';
import { appendCheck, appendRetraining, checkService, isDue, judgeRowsDrift, monitorChecks, retrainings } from '../../monitoring/index.ts';
import { projectFiles } from '../../pipeline/index.ts';
import { isoTime } from '../../platform/index.ts';
import { matchingFiles } from '../data/readings/matching-files.ts';
import { agesOf } from './monitored-ages.ts';
import { liveModel } from './live-model.ts';
import { promisedInputs } from './promised-inputs.ts';
import type { Project } from '../project.ts';

export interface MonitorChecks {
  /** Monitors by name; none = all of them. */
  readonly names: readonly string[];
  /** The moment that is asked about, on the event clock: what came after it is not looked at. */
  readonly nowMs: number;
  /** Only those whose `every` is over. */
  readonly onlyDue: boolean;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/**
 * Evaluates monitors, one after another, and keeps what each found. Reads predictions, data and features and changes none of them; a
 * training is asked for in the result and started by nobody here.
 *
 * @returns the checks that were made, in the order of the file
 * @throws TG-CLI-NOT-FOUND for a name that is no monitor
 */
export async function checkMonitors(project: Project, options: MonitorChecks): Promise<readonly MonitorCheck[]> {
  const checks: MonitorCheck[] = [];
  for (const [monitor, config] of monitorsNamed(project, options.names)) {
    options.signal.throwIfAborted();
    const [before] = monitorChecks(project.state, { project: project.name, monitor }, 1);
    const lastMs = before === undefined ? null : Date.parse(before.at);
    if (options.onlyDue && !isDue(lastMs, { nowMs: options.nowMs, everyMs: config.everyMs })) continue;
    const check = await checkMonitor(project, monitor, config, options);
    options.emit({ kind: 'monitor-checked', check });
    checks.push(check);
  }
  return checks;
}

async function checkMonitor(
  project: Project,
  monitor: string,
  config: MonitorConfig,
  { nowMs, signal }: Pick<MonitorChecks, 'nowMs' | 'signal'>,
): Promise<MonitorCheck> {
  const { state, store, name, home, platform } = project;
  const { environment } = config;
  const found = projectFiles(project.root, [home.root]);
  using engine = await openEngine({ threads: 1, signal });
  const live = await liveModel(project, { environment, service: monitor });
  const [last = null] = retrainings(state, { project: name, monitor }, 1);
  const findings = await checkService(
    { state, store, engine, filesOf: (patterns) => matchingFiles(found, patterns), ages: agesOf(project, live, { engine, nowMs }), last },
    {
      project: name,
      service: monitor,
      config,
      nowMs,
      log: predictionLogFolder(home.deployments, { project: name, environment, service: monitor }),
      personal: project.config.services[monitor]?.log.personal ?? [],
      ...(await promisedInputs(project, monitor)),
      live,
    },
  );
  return appendCheck(state, {
    project: name,
    monitor,
    environment,
    release: live?.release ?? null,
    modelVersion: live?.digest ?? null,
    at: new Date(nowMs).toISOString(),
    checkedAt: isoTime(platform.clock),
    ...findings,
  });
}

/** What the monitor would say of rows, and of each column. */
export type TriedRows = Pick<MonitorPart, 'verdict' | 'reason'> & { readonly evidence: readonly Evidence[] };

/**
 * What a monitor would say of the inputs of a model if the rows of a file were asked: for finding out whether it stays calm where nothing
 * has changed. Keeps nothing and starts nothing.
 *
 * @throws TG-CLI-NOT-FOUND for a name that is no monitor, a monitor that watches no drift, and a file that cannot be read
 */
export async function tryMonitor(
  project: Project,
  { monitor, file, signal }: { readonly monitor: string; readonly file: string; readonly signal: AbortSignal },
): Promise<TriedRows> {
  requireMonitor(project, monitor);
  const { state, store, config } = project;
  const { environment, drift, windowMs } = config.monitors[monitor] ?? { environment: '', drift: null, windowMs: 0 };
  const live = await liveModel(project, { environment, service: monitor });
  if (drift === null || live === null)
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot try rows with the monitor "${monitor}": ${drift === null ? 'it watches no drift' : `nothing is live in "${environment}"`}`,
      drift === null
        ? `Add "drift: {}" to monitors.${monitor} in tidegate.yaml`
        : `Bring a release there: tidegate run --to ${environment}`,
    );
  using engine = await openEngine({ threads: 1, signal });
  const watched = {
    service: monitor,
    personal: config.services[monitor]?.log.personal ?? [],
    ...(await promisedInputs(project, monitor)),
    live,
    config: { windowMs },
  };
  const { part, evidence } = await judgeRowsDrift({ state, store, engine }, watched, drift, file);
  return { verdict: part.verdict, reason: part.reason, evidence };
}

/** Notes that a training was started because of a monitor: its cooldown counts from here. @throws TG-CLI-NOT-FOUND */
export function noteRetraining(
  project: Project,
  { monitor, run, nowMs }: { readonly monitor: string; readonly run: RunId; readonly nowMs: number },
): Retraining {
  requireMonitor(project, monitor);
  const { state, name, platform } = project;
  return appendRetraining(state, {
    project: name,
    monitor,
    run,
    at: new Date(nowMs).toISOString(),
    notedAt: isoTime(platform.clock),
  });
}

/** A monitor with what it found last. */
export interface MonitorEntry {
  readonly monitor: string;
  readonly config: MonitorConfig;
  readonly last: MonitorCheck | null;
  readonly lastRetraining: Retraining | null;
}

/** Every monitor of the project, in the order of the file. */
export function listMonitors(project: Project): readonly MonitorEntry[] {
  return Object.entries(project.config.monitors).map(([monitor, config]) => {
    const place = { project: project.name, monitor };
    const [last = null] = monitorChecks(project.state, place, 1);
    const [lastRetraining = null] = retrainings(project.state, place, 1);
    return { monitor, config, last, lastRetraining };
  });
}

/** What a monitor found over time. */
export interface MonitorHistory {
  /** Newest first. */
  readonly checks: readonly MonitorCheck[];
  /** Newest first. */
  readonly retrainings: readonly Retraining[];
}

/** The last evaluations of a monitor, 200 unless told otherwise. @throws TG-CLI-NOT-FOUND */
export function monitorHistory(project: Project, monitor: string, { most = 200 }: { readonly most?: number } = {}): MonitorHistory {
  requireMonitor(project, monitor);
  const place = { project: project.name, monitor };
  return { checks: monitorChecks(project.state, place, most), retrainings: retrainings(project.state, place, most) };
}

function monitorsNamed(project: Project, names: readonly string[]): readonly (readonly [string, MonitorConfig])[] {
  for (const name of names) requireMonitor(project, name);
  return Object.entries(project.config.monitors).filter(([name]) => names.length === 0 || names.includes(name));
}

function requireMonitor({ config }: Project, name: string): void {
  const names = Object.keys(config.monitors);
  if (names.includes(name)) return;
  const near = nearest(name, names);
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find the monitor "${name}": the project has none of that name`,
    near !== null
      ? `Did you mean "${near}"?`
      : names.length > 0
        ? `Monitors: ${names.join(', ')}`
        : 'Add one under "monitors:" in tidegate.yaml',
  );
}
