import { predictions } from '../select.ts';
import type { PanelSpec } from './panel.ts';

/** Which services there are, and what they promise. */
export interface PanelOptions {
  readonly project: string;
  readonly hasFeatures: boolean;
  readonly hasSlo: boolean;
}

/** What the variables at the top of the dashboard choose. */
const chosen = 'environment=~"$environment",service=~"$service"';
const by = 'environment, service';
const legend = '{{service}} in {{environment}}';
const every = '[$__rate_interval]';

/** Every panel, in the order of the page: now, requests, time, model, features, log, SLO. */
export function servicePanels(options: PanelOptions): readonly PanelSpec[] {
  const ours = (expr: string): string =>
    `${expr} * on (environment, job, instance) group_left (service) tidegate_release_info{project=${JSON.stringify(options.project)},${chosen}}`;
  const sum = (expr: string, more = ''): string => `sum by (${by}${more}) (${ours(expr)})`;
  return [
    ...now(options.project, ours),
    ...(options.hasSlo ? promises(options.project) : []),
    ...requests(sum),
    ...times(sum),
    ...model(sum),
    ...(options.hasFeatures ? features(sum, ours) : []),
    ...logAndProcess(sum, ours),
  ];
}

/** Adds an expression up by environment, service and further labels (`, code`). */
type Sum = (expr: string, more?: string) => string;

function now(project: string, ours: (expr: string) => string): readonly PanelSpec[] {
  return [
    {
      title: 'Release now live',
      description: 'What each server answers with. A red line in the plots marks a switch to another release.',
      kind: 'table',
      width: 24,
      unit: 'short',
      queries: [{ expr: `tidegate_release_info{project=${JSON.stringify(project)},${chosen}}`, legend }],
    },
    {
      title: 'Servers that answer predictions',
      description: 'Servers whose model is loaded. With none of them every prediction gets 503.',
      kind: 'stat',
      width: 24,
      unit: 'short',
      base: 'red',
      turns: [{ from: 1, color: 'green' }],
      queries: [{ expr: `sum by (${by}) (${ours('tidegate_ready')})`, legend }],
    },
  ];
}

function promises(project: string): readonly PanelSpec[] {
  const recorded = (name: string): string => `${name}{project=${JSON.stringify(project)},${chosen}}`;
  const bySlo = `{{slo}} of ${legend}`;
  return [
    {
      title: 'Error budget left',
      description: "Share of the bad answers that the SLO's window allows and that have not been given. Below 0 the promise is broken.",
      kind: 'stat',
      width: 12,
      unit: 'percentunit',
      base: 'red',
      turns: [
        { from: 0, color: 'orange' },
        { from: 0.25, color: 'green' },
      ],
      queries: [{ expr: recorded('slo:period_error_budget_remaining:ratio'), legend: bySlo }],
    },
    {
      title: 'Burn rate',
      description: 'How fast the error budget is used up: at 1 it lasts for just the window of the SLO.',
      kind: 'timeseries',
      width: 12,
      unit: 'short',
      queries: [{ expr: recorded('slo:current_burn_rate:ratio'), legend: bySlo }],
    },
  ];
}

function requests(sum: Sum): readonly PanelSpec[] {
  const all = `rate(tidegate_requests_total{${predictions}}${every})`;
  const faults = `rate(tidegate_requests_total{${predictions},code=~"5.."}${every})`;
  return [
    {
      title: 'Predictions answered',
      description: 'Answers a second, by HTTP status.',
      kind: 'timeseries',
      width: 12,
      unit: 'reqps',
      queries: [{ expr: sum(all, ', code'), legend: `{{code}} ${legend}` }],
    },
    {
      title: 'Errors',
      description: 'Share of predictions that failed by a fault of the server (5xx).',
      kind: 'timeseries',
      width: 12,
      unit: 'percentunit',
      queries: [{ expr: `(${sum(faults)} or 0 * ${sum(all)}) / (${sum(all)} > 0)`, legend }],
    },
  ];
}

function times(sum: Sum): readonly PanelSpec[] {
  const quantile = (q: number, bucket: string): string => `histogram_quantile(${q}, ${sum(`rate(${bucket}${every})`, ', le')})`;
  const quantiles = (bucket: string): PanelSpec['queries'] =>
    [0.5, 0.9, 0.99].map((q) => ({ expr: quantile(q, bucket), legend: `p${q * 100} ${legend}` }));
  return [
    {
      title: 'Latency',
      description: 'From the headers of a request to its answer, at the median, the 90th and the 99th percentile.',
      kind: 'timeseries',
      width: 12,
      unit: 's',
      queries: quantiles(`tidegate_request_duration_seconds_bucket{${predictions}}`),
    },
    {
      title: 'Wait for the model',
      description: 'The part of it that a request waits until the model is free.',
      kind: 'timeseries',
      width: 12,
      unit: 's',
      queries: quantiles('tidegate_queue_seconds_bucket'),
    },
  ];
}

function model(sum: Sum): readonly PanelSpec[] {
  const mean = (name: string): string => `${sum(`rate(${name}_sum${every})`)} / (${sum(`rate(${name}_count${every})`)} > 0)`;
  return [
    {
      title: 'Queue',
      description: 'Requests that are not answered yet, and those of them that wait for the model.',
      kind: 'timeseries',
      width: 12,
      unit: 'short',
      queries: [
        { expr: sum('tidegate_requests_in_progress'), legend: `in progress ${legend}` },
        { expr: sum('tidegate_requests_waiting'), legend: `waiting ${legend}` },
      ],
    },
    {
      title: 'Model',
      description: 'Time the model takes for a batch, on average.',
      kind: 'timeseries',
      width: 6,
      unit: 's',
      queries: [{ expr: mean('tidegate_inference_seconds'), legend }],
    },
    {
      title: 'Batches',
      description: 'Rows that the model predicts in one go, on average.',
      kind: 'timeseries',
      width: 6,
      unit: 'short',
      queries: [{ expr: mean('tidegate_batch_rows'), legend }],
    },
  ];
}

function features(sum: Sum, ours: (expr: string) => string): readonly PanelSpec[] {
  const lookUps = (matchers: string): string => `rate(tidegate_feature_lookups_total${matchers}${every})`;
  return [
    {
      title: 'Features missing',
      description: 'Share of the feature values looked up that are not there (NOT_FOUND) or too old (OUTSIDE_MAX_AGE). The model got null.',
      kind: 'timeseries',
      width: 24,
      unit: 'percentunit',
      queries: [
        {
          expr: `${sum(lookUps('{status=~"NOT_FOUND|OUTSIDE_MAX_AGE"}'), ', status')} / on (${by}) group_left () (${sum(lookUps(''))} > 0)`,
          legend: `{{status}} ${legend}`,
        },
      ],
    },
    {
      title: 'Age of features',
      description: 'From the event of what was looked up to the moment asked for, at the 90th percentile, by view.',
      kind: 'timeseries',
      width: 12,
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.9, ${sum(`rate(tidegate_feature_age_seconds_bucket${every})`, ', view, le')})`,
          legend: `{{view}} ${legend}`,
        },
      ],
    },
    {
      title: 'Since the last refresh of features',
      description: 'Time since the moment that the online store was last refreshed for, by view. It grows as long as nothing refreshes it.',
      kind: 'timeseries',
      width: 12,
      unit: 's',
      queries: [
        {
          expr: `time() - min by (${by}, view) (${ours('tidegate_features_as_of_timestamp_seconds')})`,
          legend: `{{view}} ${legend}`,
        },
      ],
    },
  ];
}

function logAndProcess(sum: Sum, ours: (expr: string) => string): readonly PanelSpec[] {
  return [
    {
      title: 'Prediction log',
      description: 'Rows a second written to the log, and rows dropped because it could not keep up.',
      kind: 'timeseries',
      width: 8,
      unit: 'short',
      queries: [{ expr: sum(`rate(tidegate_prediction_log_rows_total${every})`, ', outcome'), legend: `{{outcome}} ${legend}` }],
    },
    {
      title: 'Restarts of the model',
      description: 'Times in a quarter of an hour that the process or thread of the model ended and was started again.',
      kind: 'timeseries',
      width: 8,
      unit: 'short',
      queries: [{ expr: sum('increase(tidegate_model_restarts_total[15m])'), legend }],
    },
    {
      title: 'Memory',
      description: 'Memory that the process of each server holds.',
      kind: 'timeseries',
      width: 8,
      unit: 'bytes',
      queries: [{ expr: ours('process_resident_memory_bytes'), legend: `${legend}, {{instance}}` }],
    },
  ];
}
