import type { CostLimit, ServingLimits } from './cost-limits.ts';
import type { Zone } from '@tidegate/formats';
import type { Condition } from './condition/condition.ts';
import type { ItemValue } from './file/fan-out.ts';
import type { RetrainReason } from './file/monitors.ts';
import type { RemotePlace } from './remote-place.ts';
import type { SourceConfig } from './source-config.ts';

/** `tidegate.yaml` after parsing: every default filled in, every short form written out. Maps keep the file's order. */
export interface ProjectConfig {
  readonly version: 1;
  /** Default: the folder's name. */
  readonly project: string;
  readonly python: PythonConfig;
  /** Null: the project names no R; one that is on PATH can be started all the same. */
  readonly r: RConfig | null;
  readonly data: Named<DatasetConfig>;
  /** Folder with `*.yaml` and `*.sql`, relative to the project; null when the project has no features. */
  readonly features: { readonly definitions: string } | null;
  readonly steps: Named<StepConfig>;
  /** How much there is of things that steps share. */
  readonly pools: Named<number>;
  readonly tests: Named<TestConfig>;
  readonly models: Named<ModelConfig>;
  readonly services: Named<ServiceConfig>;
  readonly environments: Named<EnvironmentConfig>;
  /** Branch pattern (`*` matches anything) → how far its runs go: `gate` or an environment. Default: every branch to the gate. */
  readonly branches: Named<string>;
  /** Where results, data and histories are shared; null = nowhere. */
  readonly remote: RemoteConfig | null;
  /** What garbage collection leaves: the newest runs (default 50), and those of so many days (default 30). */
  readonly keep: { readonly runs: number; readonly days: number; readonly collect: boolean };
  /** Whose signatures of releases count. Without `trusted` those of this home. */
  readonly signatures: { readonly required: boolean; readonly trusted: readonly string[] };
  /** Part of every key and without a meaning: another one makes everything run again. Null = none. */
  readonly salt: string | null;
  /** By the service that each watches. No step reads them. */
  readonly monitors: Named<MonitorConfig>;
}

export type Named<T> = { readonly [name: string]: T };

export interface RemoteConfig {
  readonly place: RemotePlace;
  /** Branch pattern (`*` matches anything) → zone of its runs; null = as `zoneOfRun` has it by default. */
  readonly zones: Named<Zone> | null;
  /** Whether a run fails when the remote does not answer. Default: it goes on without. */
  readonly required: boolean;
}

export interface PythonConfig {
  /** Hash-locked requirements file: Tidegate builds the virtual environment. Null: `interpreter` is used as it is. */
  readonly requirements: string | null;
  /** Default `python3`, found on PATH. */
  readonly interpreter: string;
}

export interface RConfig {
  /** Lock of R packages as renv writes it, relative to the project: Tidegate builds a library of them. Null: R is used as it is. */
  readonly lock: string | null;
  /** Default `Rscript`, found on PATH. */
  readonly interpreter: string;
}

export interface DatasetConfig {
  /** Globs of files relative to the project, at least one; or none and the source that gives the data. */
  readonly from: {
    readonly files: readonly string[];
    readonly source?: SourceConfig;
    /** How often `tidegate up` looks at the source, in milliseconds; null = never by itself. Absent for files, which it looks at all the time. */
    readonly everyMs?: number | null;
  };
  /** ODCS data contract, relative to the project. */
  readonly contract: string | null;
  /** Globs of data contracts of its consumers, relative to the project; left out when there are none. */
  readonly consumers?: readonly string[];
  /** How versions are kept row by row; absent = as the files that they are. */
  readonly table?: TableConfig;
  /** How its files are divided by the names of their folders; left out when they are not, and for a table. */
  readonly partitions?: PartitionsConfig;
  /** `files`: kept as they are, whatever they are. Default: by the extensions of the files. */
  readonly format?: 'files';
  /** Column with the event time. */
  readonly time: string | null;
  /** Folder relative to the project that pushed rows are written to, one of those that `from` reads; null = no rows can be pushed. */
  readonly push: string | null;
  /** What becomes of rows that break checks; absent = they stay among the others. */
  readonly quarantine?: QuarantineConfig;
  /** Share of rows, chosen by hash of the row, kept from the steps for evaluation; null = none. Default 0.2 for a dataset that a model is evaluated `on`. */
  readonly holdout: number | null;
  /** How rows are held out; absent = by a hash of the whole row. */
  readonly split?: SplitConfig;
  /** Whether versions are still what they were, judged in every run; absent = not judged. */
  readonly drift?: DatasetDriftConfig;
  /** How its versions are judged by those before them; left out: with what is the default. */
  readonly anomalies?: AnomaliesConfig;
}

/** Columns whose values stay on one side of a holdout, or the moment from which rows are held out. */
export type SplitConfig = { readonly by: readonly string[] } | { readonly from: string };

/** What of a dataset's versions looks unusual, beside those before them. */
export interface AnomaliesConfig {
  /** Chance of any false alarm in a version that is as ever. Default 0.01. */
  readonly falseAlarms: number;
  /** `error`: an anomaly stops what reads the dataset; `off`: nothing is judged. Default `warning`. */
  readonly severity: 'error' | 'warning' | 'off';
  /** Measures (`rows`, `dep_delay.mean`) and columns that are not judged. */
  readonly ignore: readonly string[];
}

export interface DatasetDriftConfig {
  /** `live`, or a version: digest, commit, branch or tag. Default `live`. */
  readonly against: string;
  /** Default `warning`. */
  readonly severity: 'warning' | 'error';
  /** Default `rows`. */
  readonly from: 'rows' | 'profiles';
  /** Default `windows`. */
  readonly by: 'windows' | 'rows';
  /** Default true. */
  readonly seasons: boolean;
  /** Total variation distance. Default 0.1. */
  readonly floor: number;
  /** Default 0.01. */
  readonly falseAlarms: number;
  readonly ignore: readonly string[];
}

/** Rows that break checks, as a dataset of their own. */
export interface QuarantineConfig {
  /** Names of checks of rows; none = all that fail as errors. */
  readonly checks: readonly string[];
  /** Whether the version is made without them. Otherwise they stay in, and the checks fail. */
  readonly goesOn: boolean;
}

/** Which of the newest partitions a version has, or for how many milliseconds before the newest one; null = all. */
export type KeptPartitions = { readonly partitions: number } | { readonly ms: number } | null;

/** Files in folders such as `day=2026-01-02`. */
export interface PartitionsConfig {
  /** `day(NAME)` and the like, where NAME is what stands before the `=` of a folder. */
  readonly by: string;
  readonly keep: KeptPartitions;
}

export interface TableConfig {
  /** Columns that tell rows apart; empty = nothing does. */
  readonly key: readonly string[];
  /** Where its rows are placed as Parquet files, relative to the project. */
  readonly folder: string;
  /** `day(COLUMN)` and the like; null = no partitions. */
  readonly partition: string | null;
  /** Of the partitions. */
  readonly keep: KeptPartitions;
}

export interface StepConfig {
  /** The command as argv; a text in the file is split like a POSIX shell would, without running one. */
  readonly run: readonly string[];
  /** Container image with its digest that the command runs in; null: it runs on this machine. */
  readonly image: string | null;
  /**
   * What it reads: project files and globs (`params.yaml`, `src/**`), datasets (`data.flights`), training sets
   * (`features.delay/train`), outputs of other steps (`steps.clean/table`). Null = every dataset. Arguments of `run` that
   * name files or folders of the project are always read too.
   */
  readonly in: readonly string[] | null;
  /** Output name → path relative to the project. Of a step with `for` those that others read: folders of the items, their record, the best. */
  readonly out: Named<string>;
  /** Runs it once for each item; null = once. */
  readonly for: FanOutConfig | null;
  readonly variables: Named<string>;
  /** Variable → name of the secret that it holds. Default: none. */
  readonly secrets: Named<string>;
  /** Threads the step may use; sets OMP_NUM_THREADS and its kin. Default 1. */
  readonly cpus: number;
  /** What of the machine its outputs vary with. Default: nothing. */
  readonly variesWith: readonly ('cpus' | 'memory' | 'gpus')[];
  /** Whether it makes the same bytes each time it runs on the same. Default `exactly`. */
  readonly repeats: 'exactly' | 'differently';
  /** Whether it runs in every run. Default false. */
  readonly volatile: boolean;
  /** Output → what of it matters to steps that read it. Default: every byte of every output. */
  readonly stable: Named<StableConfig>;
  /** Memory that is set aside for it while it runs; null = none. */
  readonly memoryBytes: number | null;
  /** GPUs that are its own while it runs. Default 0: none is set aside. */
  readonly gpus: number;
  /** How much it takes of pools while it runs. */
  readonly pools: Named<number>;
  readonly timeoutMs: number | null;
  /** When its command is tried again after it failed; null = never. */
  readonly retries: RetriesConfig | null;
  /** When it runs; null = always, unless something before it did not pass. */
  readonly condition: Condition | null;
  /** Part of its key and without a meaning: another one makes it run again. Null = none. */
  readonly salt: string | null;
  readonly isolation: IsolationConfig;
}

/** What a command is kept from. */
export interface IsolationConfig {
  /** Whether it runs in a sandbox, where one works. Default true. */
  readonly sandbox: boolean;
  /** Whether it has the network in the sandbox. Default false. */
  readonly network: boolean;
  /** What it may take; null = no limit but those that keep the machine alive. */
  readonly limits: { readonly processes: number | null; readonly openFiles: number | null; readonly fileBytes: number | null };
}

/** A JSON document with its numbers rounded, or the bytes of another output of the step. */
export type StableConfig =
  | {
      readonly kind: 'json';
      /** Null: numbers as they are. */
      readonly round: { readonly digits: number; readonly counted: 'decimals' | 'significant' } | null;
      /** Members left out: by name wherever they are, or by path. */
      readonly ignore: readonly string[];
    }
  | { readonly kind: 'output'; readonly output: string };

/** A step that runs once for each item of something. */
export interface FanOutConfig {
  readonly over:
    | { readonly kind: 'each'; readonly items: readonly (ItemValue | Named<ItemValue>)[] }
    | { readonly kind: 'grid'; readonly axes: Named<readonly ItemValue[]> }
    | { readonly kind: 'partitions'; readonly dataset: string };
  /** Output name → path with names of values in braces. */
  readonly out: Named<string>;
  /** Null = as many as there is room for. */
  readonly atOnce: number | null;
  /** How many may start in a span of time; null = any number. */
  readonly rate: { readonly count: number; readonly perMs: number } | null;
  readonly allowFailures: { readonly kind: 'count' | 'share'; readonly value: number };
  /** The JSON output and the member of it that decides which item is the best; null = none is chosen. */
  readonly best: { readonly output: string; readonly member: string; readonly direction: 'max' | 'min' } | null;
}

export interface RetriesConfig {
  readonly times: number;
  /** Exit codes, time-outs, signals; null = any of them. */
  readonly on: readonly (number | 'timeout' | 'signal')[] | null;
  readonly waitMs: number;
  readonly mostWaitMs: number;
}

/** A suite of tests: a command that exits 0 (pytest is asked for its own report), golden cases of feature views as data, what holds of a table, or the whole path on a sample. */
export type TestConfig =
  | {
      readonly kind: 'command';
      readonly run: readonly string[];
      readonly in: readonly string[];
      readonly variables: Named<string>;
      /** As in steps. */
      readonly secrets: Named<string>;
      readonly timeoutMs: number | null;
      readonly isolation: IsolationConfig;
      /** JUnit XML file that the command writes; null = none. */
      readonly report: string | null;
      /** Coverage file that the command writes; null = none. */
      readonly coverage: string | null;
      /** How often a suite that fails is run again, to tell flaky tests. */
      readonly reruns: number;
      /** Which tests of pytest are run: all, or those that a change since an earlier run concerns. */
      readonly select: 'all' | 'affected';
      readonly quarantine: readonly QuarantinedTest[];
    }
  | { readonly kind: 'features'; readonly cases: readonly string[] }
  | {
      readonly kind: 'table';
      /** An output of a step (`steps.clean/table`) or a dataset (`data.flights`). */
      readonly table: string;
      readonly properties: TablePropertiesConfig;
    }
  /** Rows that a step makes of a small input, compared with those that are expected. */
  | {
      readonly kind: 'golden';
      /** An output of a step (`steps.clean/table`). */
      readonly table: string;
      /** Path that the step reads → file or folder of the project that is put there. */
      readonly given: Named<string>;
      /** The file with the rows that are expected. */
      readonly expect: string;
      /** Columns that together tell rows apart; empty = whole rows are looked for. */
      readonly key: readonly string[];
      /** How far a number may be from the expected one, as a share of the larger of both, of 1 where both are smaller. */
      readonly tolerance: number;
    }
  /** The whole path on the entities that a hash chooses: `share` of them, told apart by the first of the columns `by` that a dataset has. */
  | { readonly kind: 'sample'; readonly share: number; readonly by: readonly string[] };

/** What holds of a table; what is not said is not asked. */
export interface TablePropertiesConfig {
  /** `sameAs`: a dataset or an output with as many rows. */
  readonly rows: { readonly sameAs: string | null; readonly atLeast: number | null; readonly atMost: number | null };
  /** Columns that together tell rows apart; empty = not asked. */
  readonly unique: readonly string[];
  readonly notNull: readonly string[];
  /** Column → the column that it never lies after. */
  readonly neverAfter: Named<string>;
  /** What it says → SQL condition that holds for no row. */
  readonly never: Named<string>;
  /** The step's input for which its own output is put; null = not asked. */
  readonly idempotent: string | null;
}

/** A test that does not count for a while. */
export interface QuarantinedTest {
  /** Its name as reports have it; `*` stands for any characters. */
  readonly test: string;
  readonly owner: string;
  /** The last day on which it does not count: `2026-12-31`, UTC. */
  readonly until: string;
  readonly why: string | null;
}

export interface ModelConfig {
  readonly artifact: { readonly step: string; readonly output: string };
  readonly evaluate: EvaluateConfig;
  readonly gate: GateConfig;
  /** Names, with their modules, that its pickle may use besides those that are known to be harmless: `shop.model.Blend`. Default none. */
  readonly trust: readonly string[];
}

export interface EvaluateConfig {
  /** A feature service's test set (`features.delay/test`) or the held-out rows of a dataset (`data.houses`). */
  readonly on: { readonly kind: 'features'; readonly service: string } | { readonly kind: 'data'; readonly dataset: string };
  readonly label: string;
  /** First one is primary unless the gate says otherwise. */
  readonly metrics: readonly string[];
  readonly slices: readonly string[];
  /** Column of a slice or dataset that no model may take as input (ids, times); besides the label. */
  readonly ignore: readonly string[];
  /** Column that says how much a row counts; absent = all alike. No model may take it. */
  readonly weight?: string;
  /** Column whose values group rows that are not independent; absent = all rows are. */
  readonly cluster?: string;
  /** Column whose values group the rows that are ranked together. No model may take it. */
  readonly query?: string;
  readonly forecast?: ForecastConfig;
  /** Metrics of the project, used as `custom.NAME`. */
  readonly custom?: Named<CustomMetricConfig>;
  /** What is asked of the model to see what moves its predictions; absent: nothing. */
  readonly explain?: ExplainConfig;
  /** Seeds that the training step is run with; absent = it is run once, and given none. */
  readonly seeds?: SeedsConfig;
}

/** Several trainings that differ in their seed only. */
export interface SeedsConfig {
  /** The first is that of the model that is judged and released. At least two. */
  readonly values: readonly number[];
  /** How the step is given its seed: in a variable, or behind this word at the end of its command. */
  readonly given: { readonly kind: 'variable' | 'argument'; readonly name: string };
}

/** How much is asked of a model to explain it. */
export interface ExplainConfig {
  /** Rows of the test set. Default 1000. */
  readonly rows: number;
  /** How often the values of an input are shuffled. Default 5. */
  readonly repeats: number;
  /** Inputs of which partial dependence is computed. Default 6. */
  readonly curves: number;
}

export interface ForecastConfig {
  /** Column with the time a value is forecast for. */
  readonly time: string;
  readonly horizonMs: number;
  /** Columns that tell series apart; none: one series. */
  readonly series: readonly string[];
}

export interface CustomMetricConfig {
  readonly file: string;
  readonly function: string;
  readonly better: 'higher' | 'lower';
  /** What it is given and gives: a number for each row, to be summed, or one for all predictions. */
  readonly of: 'rows' | 'predictions';
}

/** A loss that counts as equal: in the metric's unit (`0.005`), or as a share of the champion's value (`5%`). */
export interface Margin {
  readonly kind: 'absolute' | 'relative';
  readonly value: number;
}

export interface GateConfig {
  /** Metric → lower limit; judged by the confidence interval's bound. */
  readonly min: Named<number>;
  readonly max: Named<number>;
  /** Non-inferiority of the candidate. Default: the first of `evaluate.metrics`, with the margin that is fixed for it (`knownMetrics`). */
  readonly primary: { readonly metric: string; readonly margin: Margin } | null;
  /** The same test in every slice. Null when the file names none: slices are shown, not judged. */
  readonly slices: {
    /** Default: that of `primary`. */
    readonly margin: Margin;
    /** Fewer rows are not judged. Default 100. */
    readonly minRows: number;
    /** What a slice with too little evidence does. Default `warn`: the metric over all rows judges it with the rest. */
    readonly inconclusive: 'block' | 'warn';
  } | null;
  /** Non-inferiority by a proper score; absent = not judged. */
  readonly calibration?: { readonly metric: 'brier' | 'log_loss' | null; readonly margin: Margin };
  readonly fairness?: FairnessConfig;
  readonly robustness?: {
    readonly corruptions: readonly ('missing' | 'noise' | 'unseen' | 'stale')[];
    /** Of the values that are spoiled. */
    readonly share: number;
    /** How long ago `stale` features were refreshed last. Default a day. */
    readonly staleMs: number;
    /** Null: that of the primary metric. */
    readonly margin: Margin | null;
  };
  readonly behaviour?: {
    /** Patterns of files. */
    readonly suites: readonly string[];
    readonly mostFailures: number;
  };
  /** What each check holds the candidate against; absent = all `refresh`. */
  readonly baseline?: BaselinePolicies;
  readonly overrides?: readonly OverrideConfig[];
  /** One-sided confidence of every bound. Default 0.95. */
  readonly confidence: number;
  /** Of the model file, in bytes; absent = no limit. */
  readonly size?: CostLimit;
  /** What the started release may cost; absent = no limit. */
  readonly serving?: ServingLimits;
}

export interface FairnessConfig {
  /** Slices of the evaluation. */
  readonly by: readonly string[];
  readonly measures: readonly string[];
  /** By how much a gap may grow. */
  readonly margin: number;
  readonly max: number | null;
  readonly minRows: number;
}

/** `refresh`: the champion scored again on these rows; `carry`: what it had when it was let through; `skip`: no comparison. */
export type BaselinePolicy = 'refresh' | 'carry' | 'skip';

export interface BaselinePolicies {
  readonly primary: BaselinePolicy;
  readonly slices: BaselinePolicy;
  readonly calibration: BaselinePolicy;
  readonly fairness: BaselinePolicy;
}

/** A check that a person lets through for one model file. */
export interface OverrideConfig {
  /** Name of the evidence. */
  readonly check: string;
  /** Digest of the model file, or its first digits. */
  readonly model: string;
  readonly person: string;
  readonly reason: string;
}

export interface ServiceConfig {
  readonly model: string;
  /** Feature service; null when callers send every input. Default: the one its model is evaluated on. */
  readonly features: string | null;
  /** What it promises to those who ask it; null = nothing. No step reads it. */
  readonly slo: SloConfig | null;
  /** What is kept of its predictions. No step reads it. */
  readonly log: LogConfig;
}

export interface LogConfig {
  /** Percent of the entities whose predictions are logged, 0 to 100. Default 100. */
  readonly samplePercent: number;
  /** Fields and inputs that are logged as keyed hashes only. Default: none. */
  readonly personal: readonly string[];
  /** Bytes of Parquet files; beyond that the oldest go. Default 1 GiB. */
  readonly keepBytes: number;
}

/** At least one of availability and latency is there. */
export interface SloConfig {
  /** Share of predictions that are answered without a fault of the server, 0.9 to below 1; null = no promise. */
  readonly availability: number | null;
  /** Milliseconds within which 99 of 100 predictions are answered, one of `durationBuckets`; null = no promise. */
  readonly latencyP99Ms: number | null;
  /** Days over which both are counted, 28 to 90. Default 30. */
  readonly windowDays: number;
}

export interface EnvironmentConfig {
  readonly target: 'local';
  /** Globs of API test files. */
  readonly tests: readonly string[];
  /** The environment a release must be live and tested in before. */
  readonly after: string | null;
  /** Port of the stable address on loopback; 0 = a free one is chosen at the first deployment and kept. */
  readonly port: number;
  readonly variables: Named<string>;
}

/** What watches a service; at least one of drift, quality and staleness is there. */
export interface MonitorConfig {
  /** Default: the last environment. */
  readonly environment: string;
  /** Milliseconds from one evaluation to the next. Default 1 day. */
  readonly everyMs: number;
  /** Milliseconds back from the evaluation. Default 7 days. */
  readonly windowMs: number;
  readonly drift: DriftConfig | null;
  readonly quality: QualityConfig | null;
  readonly staleness: StalenessConfig | null;
  /** Null: no training starts by itself. */
  readonly retrain: { readonly on: readonly RetrainReason[]; readonly cooldownMs: number } | null;
}

export interface DriftConfig {
  /** What is usual: what windows of the training set as long as the monitor's differ by, or nothing. Default `windows`. */
  readonly by: 'windows' | 'rows';
  /** Total variation distance below which a change does not matter. Default 0.1. */
  readonly floor: number;
  /** Chance of an alarm in an evaluation of unchanged data, all columns together. Default 0.01. */
  readonly falseAlarms: number;
  /** Whether inputs are judged together as well. Default false. */
  readonly together: boolean;
  /** Inputs that are not looked at. */
  readonly ignore: readonly string[];
}

export interface QualityConfig {
  /** Globs of Parquet or CSV files. */
  readonly labels: readonly string[];
  /** Column of these files with the truth. Default `label`. */
  readonly label: string;
  /** Default: that of the model's gate. */
  readonly metric: string;
  readonly margin: Margin;
  /** Milliseconds after its prediction by which a label is there. Default 1 day. */
  readonly maturityMs: number;
  /** Share of predictions that must have a label for a verdict. Default 0.8. */
  readonly minCoverage: number;
}

/** Largest ages in milliseconds; null = no limit. */
export interface StalenessConfig {
  readonly modelMs: number | null;
  readonly dataMs: number | null;
  readonly featuresMs: number | null;
}
