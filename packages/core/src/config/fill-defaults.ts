import { findMetric } from '@tidegate/formats';
import { outputsOfStep } from './fan-out/collected.ts';
import type { ProjectFile } from './file/project-file.ts';
import { placeOfRemote } from './remote-place.ts';
import { paceOf, sourceOf } from './source-of.ts';
import { lastEnvironment } from './last-environment.ts';
import { tableOf } from './table-of.ts';
import type {
  DatasetConfig,
  DatasetDriftConfig,
  EnvironmentConfig,
  LogConfig,
  BaselinePolicy,
  SplitConfig,
  EvaluateConfig,
  ExplainConfig,
  FanOutConfig,
  GateConfig,
  IsolationConfig,
  Margin,
  ModelConfig,
  MonitorConfig,
  Named,
  ProjectConfig,
  QualityConfig,
  RemoteConfig,
  RetriesConfig,
  ServiceConfig,
  SloConfig,
  StableConfig,
  StepConfig,
  TablePropertiesConfig,
  TestConfig,
} from './project-config.ts';

type Member<Section extends keyof ProjectFile> = NonNullable<ProjectFile[Section]> extends Named<infer T> ? T : never;

/** The interpreter of a project that names none. */
export const defaultPython = 'python3';

/** The configuration with every default filled in. `folder` is the name of the project's folder. */
export function fillDefaults(file: ProjectFile, folder: string): ProjectConfig {
  const models = mapNamed(file.models, modelOf);
  const services =
    file.services === undefined
      ? mapNamed(models, (model, name) => serviceOf({ model: name }, models))
      : mapNamed(file.services, (service) => serviceOf(service, models));
  const environments = mapNamed(file.environments ?? { production: {} }, environmentOf);
  return {
    version: 1,
    project: file.project ?? projectNameOf(folder),
    python: { requirements: file.python?.requirements ?? null, interpreter: file.python?.interpreter ?? defaultPython },
    r: file.r === undefined ? null : { lock: file.r.lock ?? null, interpreter: file.r.interpreter ?? 'Rscript' },
    data: mapNamed(file.data, (dataset, name) => ({
      ...datasetOf(dataset, isEvaluatedOn(models, name)),
      ...tableOf(dataset, name),
    })),
    features: file.features ?? null,
    steps: mapNamed(file.steps, (step, name) => stepOf(step, { name, file })),
    pools: mapNamed(file.pools, (amount) => amount),
    tests: mapNamed(file.tests, (suite) => testOf(suite, file)),
    models,
    services,
    environments,
    branches: mapNamed(file.branches ?? { '*': 'gate' }, (goal) => goal),
    remote: file.remote === undefined ? null : remoteOf(file.remote),
    keep: { runs: file.keep?.runs ?? 50, days: file.keep?.days ?? 30, collect: file.keep?.collect ?? true },
    signatures: {
      required: file.signatures?.require ?? file.signatures?.trusted !== undefined,
      trusted: file.signatures?.trusted ?? [],
    },
    salt: file.salt ?? null,
    monitors: mapNamed(file.monitors, (monitor, name) =>
      monitorOf(monitor, { environment: lastEnvironment(environments) ?? '', model: models[services[name]?.model ?? ''] }),
    ),
  };
}

/** A name of the grammar made from a folder's name: `My project` → `My-project`. */
export function projectNameOf(folder: string): string {
  const name = folder
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63)
    .replace(/-$/, '');
  return name === '' ? 'project' : name;
}

/** Maps members in order into a mapping without prototype, so that no name of the language is found in it. */
function mapNamed<T, U>(members: Named<T> | undefined, turn: (member: T, name: string) => U): Named<U> {
  const mapped = Object.create(null) as { [name: string]: U };
  for (const [name, member] of Object.entries(members ?? {})) mapped[name] = turn(member, name);
  return mapped;
}

function isEvaluatedOn(models: Named<ModelConfig>, dataset: string): boolean {
  return Object.values(models).some(({ evaluate: { on } }) => on.kind === 'data' && on.dataset === dataset);
}

function splitOf({ by, from }: NonNullable<Member<'data'>['split']>): SplitConfig {
  return from === undefined ? { by: by ?? [] } : { from };
}

/** Share of rows that a dataset keeps for evaluation when a model is evaluated on it and the file says nothing. */
const defaultHoldout = 0.2;

function datasetOf(dataset: Member<'data'>, isEvaluated: boolean): DatasetConfig {
  const holdout = dataset.holdout ?? (isEvaluated ? defaultHoldout : 0);
  return {
    from: fromOf(dataset.from),
    contract: dataset.contract ?? null,
    ...(dataset.consumers !== undefined && { consumers: dataset.consumers }),
    ...(dataset.format !== undefined && { format: dataset.format }),
    time: dataset.time ?? null,
    push: dataset.push ?? null,
    holdout: holdout === 0 ? null : holdout,
    ...(dataset.split !== undefined && { split: splitOf(dataset.split) }),
    ...quarantineOf(dataset.quarantine),
    ...(dataset.drift !== undefined && { drift: dataDriftOf(dataset.drift) }),
    ...(dataset.anomalies !== undefined && {
      anomalies: {
        falseAlarms: dataset.anomalies.false_alarms ?? 0.01,
        severity: dataset.anomalies.severity ?? 'warning',
        ignore: dataset.anomalies.ignore ?? [],
      },
    }),
  };
}

function dataDriftOf(drift: NonNullable<Member<'data'>['drift']>): DatasetDriftConfig {
  return {
    against: drift.against ?? 'live',
    severity: drift.severity ?? 'warning',
    from: drift.from ?? 'rows',
    by: drift.by ?? 'windows',
    seasons: drift.seasons ?? true,
    floor: drift.floor ?? 0.1,
    falseAlarms: drift.false_alarms ?? 0.01,
    ignore: drift.ignore ?? [],
  };
}

function quarantineOf(given: Member<'data'>['quarantine']): Pick<DatasetConfig, 'quarantine'> {
  if (given === undefined || given === false) return {};
  const { checks = [], leave_out: goesOn = false } = given === true ? {} : given;
  return { quarantine: { checks, goesOn } };
}

function fromOf(from: Member<'data'>['from']): DatasetConfig['from'] {
  const source = sourceOf(from);
  return { files: from.files ?? [], ...(source !== null && { source, everyMs: paceOf(from) }) };
}

/** Of a step that says nothing but what it runs. */
export const defaultStep: Omit<StepConfig, 'run'> = {
  image: null,
  in: null,
  out: {},
  variables: {},
  secrets: {},
  cpus: 1,
  variesWith: [],
  repeats: 'exactly',
  volatile: false,
  stable: {},
  memoryBytes: null,
  gpus: 0,
  pools: {},
  timeoutMs: null,
  retries: null,
  condition: null,
  for: null,
  salt: null,
  isolation: { sandbox: true, network: false, limits: { processes: null, openFiles: null, fileBytes: null } },
};

function stepOf(step: Member<'steps'>, { name, file }: { readonly name: string; readonly file: ProjectFile }): StepConfig {
  return {
    run: step.run,
    image: step.image ?? defaultStep.image,
    in: step.in ?? defaultStep.in,
    out: step.for === undefined ? (step.out ?? defaultStep.out) : textsOf(outputsOfStep(name, step)),
    for: step.for === undefined ? defaultStep.for : fanOutOf(step.for, step.out ?? {}),
    ...variablesOf(step.variables),
    cpus: step.cpus ?? defaultStep.cpus,
    variesWith: step.varies_with ?? defaultStep.variesWith,
    repeats: step.repeats ?? defaultStep.repeats,
    volatile: step.volatile ?? defaultStep.volatile,
    stable: mapNamed(step.stable, (rule) => stableOf(rule, step.out ?? defaultStep.out)),
    memoryBytes: step.memory ?? defaultStep.memoryBytes,
    gpus: step.gpus ?? defaultStep.gpus,
    pools: step.pools ?? defaultStep.pools,
    timeoutMs: step.timeout ?? defaultStep.timeoutMs,
    retries: step.retries === undefined ? defaultStep.retries : retriesOf(step.retries),
    condition: step.if ?? defaultStep.condition,
    salt: step.salt ?? defaultStep.salt,
    isolation: isolationOf(step, file),
  };
}

/** Texts and secrets apart, each in the order of the file. */
function variablesOf(variables: Member<'steps'>['variables'] = {}): Pick<StepConfig, 'variables' | 'secrets'> {
  const texts: [string, string][] = [];
  const secrets: [string, string][] = [];
  for (const [name, value] of Object.entries(variables))
    if (typeof value === 'string') texts.push([name, value]);
    else secrets.push([name, value.secret]);
  return { variables: mapNamed(Object.fromEntries(texts), (text) => text), secrets: mapNamed(Object.fromEntries(secrets), (name) => name) };
}

function stableOf(rule: NonNullable<Member<'steps'>['stable']>[string], outputs: StepConfig['out']): StableConfig {
  const { round, significant, ignore = [], file } = rule;
  if (file !== undefined) return { kind: 'output', output: Object.entries(outputs).find(([, path]) => path === file)?.[0] ?? '' };
  if (round !== undefined) return { kind: 'json', round: { digits: round, counted: 'decimals' }, ignore };
  return { kind: 'json', round: significant === undefined ? null : { digits: significant, counted: 'significant' }, ignore };
}

function fanOutOf({ each, grid, partitions, at_once, rate, allow_failures, best }: FanOut, out: Named<string>): FanOutConfig {
  const [output = '', member = ''] = best?.metric.split('#') ?? [];
  return {
    over:
      partitions !== undefined
        ? { kind: 'partitions', dataset: partitions.replace('data.', '') }
        : grid !== undefined
          ? { kind: 'grid', axes: grid }
          : { kind: 'each', items: each ?? [] },
    out,
    atOnce: at_once ?? null,
    rate: rate ?? null,
    allowFailures: allow_failures ?? { kind: 'count', value: 0 },
    best: best === undefined ? null : { output, member, direction: best.direction },
  };
}

type FanOut = NonNullable<Member<'steps'>['for']>;

function textsOf(outputs: { readonly [output: string]: string | undefined }): Named<string> {
  return mapNamed(outputs, (path) => path ?? '');
}

function retriesOf({ times, on, wait, most }: NonNullable<Member<'steps'>['retries']>): RetriesConfig | null {
  return times === 0 ? null : { times, on: on ?? null, waitMs: wait ?? 1_000, mostWaitMs: most ?? 60_000 };
}

function testOf(suite: Member<'tests'>, file: ProjectFile): TestConfig {
  if (suite.table !== undefined) return { kind: 'table', table: suite.table, properties: propertiesOf(suite.properties ?? {}) };
  if (suite.golden !== undefined) {
    const { golden: table, given = {}, expect = '', key = [], tolerance = 0 } = suite;
    return { kind: 'golden', table, given, expect, key, tolerance };
  }
  if (suite.sample !== undefined) return { kind: 'sample', share: suite.sample, by: suite.by ?? [] };
  if (suite.run === undefined) return { kind: 'features', cases: suite.cases ?? [] };
  return {
    kind: 'command',
    run: suite.run,
    in: suite.in ?? [],
    ...variablesOf(suite.variables),
    timeoutMs: suite.timeout ?? null,
    isolation: isolationOf(suite, file),
    report: suite.report ?? null,
    coverage: suite.coverage ?? null,
    reruns: suite.reruns ?? 0,
    select: suite.select ?? 'all',
    quarantine: (suite.quarantine ?? []).map((one) => ({ ...one, why: one.why ?? null })),
  };
}

function propertiesOf(properties: NonNullable<Member<'tests'>['properties']>): TablePropertiesConfig {
  const { rows = {}, unique = [], not_null: notNull = [], never_after: neverAfter = {}, never = {}, idempotent = null } = properties;
  return {
    rows: { sameAs: rows.same_as ?? null, atLeast: rows.at_least ?? null, atMost: rows.at_most ?? null },
    unique,
    notNull,
    neverAfter,
    never,
    idempotent,
  };
}

function isolationOf(command: Member<'steps'> | Member<'tests'>, file: ProjectFile): IsolationConfig {
  const { processes, open_files: openFiles, file_size: fileBytes } = command.limits ?? {};
  return {
    sandbox: command.sandbox ?? file.sandbox ?? defaultStep.isolation.sandbox,
    network: command.network ?? defaultStep.isolation.network,
    limits: { processes: processes ?? null, openFiles: openFiles ?? null, fileBytes: fileBytes ?? null },
  };
}

function modelOf(model: Member<'models'>): ModelConfig {
  const evaluate = evaluateOf(model.evaluate);
  return { artifact: model.artifact, evaluate, gate: gateOf(model.gate ?? {}, evaluate), trust: model.trust ?? [] };
}

function evaluateOf({ forecast, custom, explain, seeds, ...given }: Member<'models'>['evaluate']): EvaluateConfig {
  const { on, label, metrics, slices = [], ignore = [], weight, cluster, query } = given;
  return {
    on,
    label,
    metrics,
    slices,
    ignore,
    ...(weight !== undefined && { weight }),
    ...(cluster !== undefined && { cluster }),
    ...(query !== undefined && { query }),
    ...(forecast !== undefined && { forecast: { time: forecast.time, horizonMs: forecast.horizon, series: forecast.series ?? [] } }),
    ...(custom !== undefined && {
      custom: mapNamed(custom, ({ function: { file, function: name }, better, of }) => ({
        file,
        function: name,
        better: better ?? ('higher' as const),
        of: of ?? ('rows' as const),
      })),
    }),
    ...(seeds !== undefined && { seeds }),
    ...(explain !== undefined && explain !== false && { explain: explainOf(explain === true ? {} : explain) }),
  };
}

function explainOf({
  rows = 1000,
  repeats = 5,
  curves = 6,
}: {
  readonly rows?: number;
  readonly repeats?: number;
  readonly curves?: number;
}): ExplainConfig {
  return { rows, repeats, curves };
}

function gateOf(gate: NonNullable<Member<'models'>['gate']>, evaluate: Pick<EvaluateConfig, 'metrics'>): GateConfig {
  const metric = gate.primary?.metric ?? evaluate.metrics[0] ?? null;
  const primary = metric === null ? null : { metric, margin: gate.primary?.margin ?? defaultMargin(metric) };
  const slices = gate.slices && {
    margin: gate.slices.margin ?? primary?.margin ?? defaultMargin(''),
    minRows: gate.slices.min_rows ?? 100,
    inconclusive: gate.slices.inconclusive ?? ('warn' as const),
  };
  return {
    min: gate.min ?? {},
    max: gate.max ?? {},
    primary,
    slices: slices ?? null,
    ...furtherChecks(gate),
    confidence: gate.confidence ?? 0.95,
    ...(gate.size !== undefined && { size: gate.size }),
    ...servingLimits(gate),
  };
}

function servingLimits({
  latency,
  cold_start: coldStart,
  memory,
  starts,
}: NonNullable<Member<'models'>['gate']>): Pick<GateConfig, 'serving'> {
  if (latency === undefined && coldStart === undefined && memory === undefined) return {};
  const { p50, p99, batch, requests } = latency ?? {};
  return {
    serving: {
      ...(coldStart !== undefined && { coldStart }),
      ...(memory !== undefined && { memory }),
      ...(p50 !== undefined && { p50 }),
      ...(p99 !== undefined && { p99 }),
      batch: batch ?? null,
      requests: requests ?? null,
      starts: starts ?? null,
    },
  };
}

function furtherChecks({
  calibration,
  fairness,
  robustness,
  behaviour,
  baseline,
  overrides,
}: NonNullable<Member<'models'>['gate']>): Pick<
  GateConfig,
  'calibration' | 'fairness' | 'robustness' | 'behaviour' | 'baseline' | 'overrides'
> {
  const policy = (check: keyof NonNullable<typeof baseline>): BaselinePolicy => baseline?.[check] ?? 'refresh';
  return {
    ...(calibration !== undefined && {
      calibration: { metric: calibration.metric ?? null, margin: calibration.margin ?? { kind: 'relative', value: 0.05 } },
    }),
    ...(fairness !== undefined && {
      fairness: {
        by: fairness.by,
        measures: fairness.measures ?? ['demographic_parity', 'equal_opportunity'],
        margin: fairness.margin ?? 0.02,
        max: fairness.max ?? null,
        minRows: fairness.min_rows ?? 100,
      },
    }),
    ...(robustness !== undefined && {
      robustness: {
        corruptions: robustness.corruptions ?? ['missing', 'noise', 'unseen'],
        share: robustness.share ?? 0.1,
        staleMs: robustness.stale_by ?? dayMs,
        margin: robustness.margin ?? null,
      },
    }),
    ...(behaviour !== undefined && { behaviour: { suites: behaviour.suites, mostFailures: behaviour.max_failures ?? 0.05 } }),
    ...(baseline !== undefined && {
      baseline: {
        primary: policy('primary'),
        slices: policy('slices'),
        calibration: policy('calibration'),
        fairness: policy('fairness'),
      },
    }),
    ...(overrides !== undefined && { overrides }),
  };
}

function defaultMargin(metric: string): Margin {
  return findMetric(metric)?.defaultMargin ?? { kind: 'relative', value: 0.05 };
}

function serviceOf(service: Pick<Member<'services'>, 'model' | 'features' | 'slo' | 'log'>, models: Named<ModelConfig>): ServiceConfig {
  const on = models[service.model]?.evaluate.on;
  const features = service.features ?? (on?.kind === 'features' ? on.service : null);
  return { model: service.model, features, slo: service.slo === undefined ? null : sloOf(service.slo), log: logOf(service.log) };
}

/** Of a service that says nothing about it. */
export const defaultLog: LogConfig = { samplePercent: 100, personal: [], keepBytes: 1 << 30 };

function logOf(log: Member<'services'>['log']): LogConfig {
  if (log === undefined) return defaultLog;
  const { sample, personal = defaultLog.personal, keep = defaultLog.keepBytes } = log;
  return { samplePercent: sample === undefined ? defaultLog.samplePercent : Number((sample * 100).toFixed(3)), personal, keepBytes: keep };
}

function sloOf({ availability, latency, window }: NonNullable<Member<'services'>['slo']>): SloConfig {
  return { availability: availability ?? null, latencyP99Ms: latency?.p99 ?? null, windowDays: (window ?? 30 * dayMs) / dayMs };
}

const dayMs = 86_400_000;

function remoteOf(remote: NonNullable<ProjectFile['remote']>): RemoteConfig {
  const { zones, required } = remote;
  return { place: placeOfRemote(remote), zones: zones === undefined ? null : mapNamed(zones, (zone) => zone), required: required ?? false };
}

function environmentOf(environment: Member<'environments'>): EnvironmentConfig {
  return {
    target: 'local',
    tests: environment.tests ?? [],
    after: environment.after ?? null,
    port: environment.port ?? 0,
    variables: environment.variables ?? {},
  };
}

function monitorOf(
  { environment, every, window, drift, quality, staleness, retrain }: Member<'monitors'>,
  usual: { readonly environment: string; readonly model: ModelConfig | undefined },
): MonitorConfig {
  return {
    environment: environment ?? usual.environment,
    everyMs: every ?? dayMs,
    windowMs: window ?? 7 * dayMs,
    drift:
      drift === undefined
        ? null
        : {
            by: drift.by ?? 'windows',
            floor: drift.floor ?? 0.1,
            falseAlarms: drift.false_alarms ?? 0.01,
            together: drift.together ?? false,
            ignore: drift.ignore ?? [],
          },
    quality: quality === undefined ? null : qualityOf(quality, usual.model),
    staleness:
      staleness === undefined
        ? null
        : { modelMs: staleness.model ?? null, dataMs: staleness.data ?? null, featuresMs: staleness.features ?? null },
    retrain: retrain === undefined ? null : { on: retrain.on, cooldownMs: retrain.cooldown ?? dayMs },
  };
}

function qualityOf(quality: NonNullable<Member<'monitors'>['quality']>, model: ModelConfig | undefined): QualityConfig {
  const metric = quality.metric ?? model?.gate.primary?.metric ?? '';
  return {
    labels: quality.labels,
    label: quality.label ?? 'label',
    metric,
    margin: quality.margin ?? defaultMargin(metric),
    maturityMs: quality.maturity ?? dayMs,
    minCoverage: quality.min_coverage ?? 0.8,
  };
}
