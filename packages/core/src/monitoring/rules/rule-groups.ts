import type { WatchedService } from '../watched-service.ts';
import { burnAlerts } from './burn-alerts.ts';
import { objectivesOf } from './objectives.ts';
import type { RuleGroup } from './rule.ts';
import { serviceAlerts } from './service-alerts.ts';
import { sloRecordings } from './slo-recordings.ts';

/** Recordings and alerts of all services: one group for each with its alerts, and one for each that has an SLO. */
export function ruleGroups(services: readonly WatchedService[]): readonly RuleGroup[] {
  return services.flatMap((service) => {
    const name = `tidegate-${service.project}-${service.service}`;
    const objectives = objectivesOf(service);
    const slo = [
      ...objectives.flatMap((objective) => sloRecordings(service, objective)),
      ...objectives.flatMap((objective) => burnAlerts(service, objective)),
    ];
    return [{ name, rules: serviceAlerts(service) }, ...(slo.length === 0 ? [] : [{ name: `${name}-slo`, rules: slo }])];
  });
}
