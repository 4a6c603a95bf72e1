import { matching, ofService, predictions } from '../select.ts';
import type { WatchedService } from '../watched-service.ts';
import { decimal } from './burn-rates.ts';

/** One promise of an SLO, as shares of answers a second. */
export interface Objective {
  /** The label `slo`. */
  readonly slo: 'availability' | 'latency';
  /** The share of answers that must be good, and the share that may be bad. */
  readonly objective: number;
  readonly budget: number;
  /** What it promises, for people. */
  readonly promise: string;
  /** All answers, and the bad ones, a second over 5 minutes, by environment. */
  readonly total: string;
  readonly bad: string;
}

/** What a service promises; nothing without an SLO. */
export function objectivesOf(service: WatchedService): readonly Objective[] {
  const { availability = null, latencyP99Ms = null } = service.slo ?? {};
  return [
    ...(availability === null ? [] : [availabilityOf(service, availability)]),
    ...(latencyP99Ms === null ? [] : [latencyOf(service, latencyP99Ms)]),
  ];
}

function availabilityOf(service: WatchedService, objective: number): Objective {
  const answers = (matchers: string): string => perSecond(`tidegate_requests_total{${matchers}}`, service);
  return {
    slo: 'availability',
    objective,
    budget: decimal(1 - objective),
    promise: `${decimal(objective * 100)}% of predictions without a fault of the server`,
    total: answers(predictions),
    // a server that has never failed has no such series
    bad: `${answers(`${predictions},code=~"5.."`)} or on (environment) 0 * ${recordedTotal(service, 'availability')}`,
  };
}

function latencyOf(service: WatchedService, limitMs: number): Objective {
  const quick = `tidegate_request_duration_seconds_bucket{${predictions},le=~${JSON.stringify(bound(limitMs / 1000))}}`;
  return {
    slo: 'latency',
    objective: 0.99,
    budget: 0.01,
    promise: `99% of predictions within ${limitMs}ms`,
    total: perSecond(`tidegate_request_duration_seconds_count{${predictions}}`, service),
    bad: `clamp_min(${recordedTotal(service, 'latency')} - on (environment) ${perSecond(quick, service)}, 0)`,
  };
}

function perSecond(series: string, service: WatchedService): string {
  return `sum by (environment) (${ofService(`rate(${series}[5m])`, service)})`;
}

function recordedTotal({ project, service }: WatchedService, slo: Objective['slo']): string {
  return `slo:sli_total:rate5m${matching({ project, service, slo })}`;
}

/** Prometheus 3 writes whole bounds of histograms as `1.0`, version 2 as the server does. */
function bound(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}(\\.0)?` : String(seconds).replace('.', '\\.');
}
