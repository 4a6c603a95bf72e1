import { matching } from '../select.ts';
import type { WatchedService } from '../watched-service.ts';
import { type BurnRate, burnRates, thresholdOf } from './burn-rates.ts';
import type { Objective } from './objectives.ts';
import type { AlertingRule, Severity } from './rule.ts';

/** The multi-window, multi-burn-rate alerts of one objective: a page and a ticket for each environment. */
export function burnAlerts(service: WatchedService, objective: Objective): readonly AlertingRule[] {
  return service.environments.flatMap((environment) =>
    (['page', 'ticket'] as const).map((severity) => burnAlert(service, objective, { environment, severity })),
  );
}

interface Addressed {
  readonly environment: string;
  readonly severity: Severity;
}

function burnAlert(watched: WatchedService, objective: Objective, { environment, severity }: Addressed): AlertingRule {
  const { project, service, slo } = watched;
  const days = slo?.windowDays ?? 30;
  const matchers = matching({ project, service, slo: objective.slo, environment });
  const rates = burnRates(days).filter((rate) => rate.severity === severity);
  return {
    alert: 'TidegateErrorBudgetBurns',
    expr: rates.map((rate) => burns(rate, objective.budget, matchers)).join(' or '),
    labels: { project, service, environment, slo: objective.slo, severity },
    annotations: {
      summary: `${service} in ${environment} uses up its error budget for ${objective.slo} ${severity === 'page' ? 'fast' : 'slowly'}`,
      description: `Promised over ${days} days: ${objective.promise}. ${spentBy(rates, days)} Find out what changed with "tidegate show ${environment}", and go back with "tidegate rollback ${environment}".`,
    },
  };
}

function burns(rate: BurnRate, budget: number, matchers: string): string {
  const over = (window: string): string => `slo:sli_error:ratio_rate${window}${matchers} > ${thresholdOf(rate, budget)}`;
  return `(${over(rate.short)} and ${over(rate.long)})`;
}

function spentBy(rates: readonly BurnRate[], days: number): string {
  const last = rates.map(({ factor }) => (factor <= 1 ? `${days} days` : `${Math.round((days * 24) / factor)} hours`));
  return `At this rate the whole budget is gone within ${last.join(' or ')}.`;
}
