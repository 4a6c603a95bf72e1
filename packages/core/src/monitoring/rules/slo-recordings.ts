import { matching } from '../select.ts';
import type { WatchedService } from '../watched-service.ts';
import { burnWindows } from './burn-rates.ts';
import type { Objective } from './objectives.ts';
import type { RecordingRule } from './rule.ts';

/**
 * The recordings of one objective. What longer windows say is added up from the 5-minute ones: every answer counts once, also those
 * of servers that are no longer there.
 */
export function sloRecordings({ project, service, slo }: WatchedService, objective: Objective): readonly RecordingRule[] {
  const days = slo?.windowDays ?? 30;
  const labels = { project, service, slo: objective.slo };
  const recorded = (name: string): string => `${name}${matching(labels)}`;
  const record = (name: string, expr: string): RecordingRule => ({ record: name, expr, labels });
  const ratio = (window: string): RecordingRule =>
    record(`slo:sli_error:ratio_rate${window}`, ratioOver(window, recorded('slo:sli_error:rate5m'), recorded('slo:sli_total:rate5m')));
  return [
    record('slo:sli_total:rate5m', objective.total),
    record('slo:sli_error:rate5m', objective.bad),
    ...burnWindows.map(ratio),
    ratio(`${days}d`),
    record('slo:objective:ratio', `vector(${objective.objective})`),
    record('slo:error_budget:ratio', `vector(${objective.budget})`),
    record('slo:time_period:days', `vector(${days})`),
    record('slo:current_burn_rate:ratio', `${recorded('slo:sli_error:ratio_rate5m')} / ${objective.budget}`),
    record('slo:period_burn_rate:ratio', `${recorded(`slo:sli_error:ratio_rate${days}d`)} / ${objective.budget}`),
    record('slo:period_error_budget_remaining:ratio', `1 - ${recorded('slo:period_burn_rate:ratio')}`),
  ];
}

/** Without any answer in the window there is no ratio. */
function ratioOver(window: string, bad: string, total: string): string {
  if (window === '5m') return `${bad} / (${total} > 0)`;
  return `sum_over_time(${bad}[${window}]) / (sum_over_time(${total}[${window}]) > 0)`;
}
