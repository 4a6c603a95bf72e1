import { writeYaml } from '../config/index.ts';
import type { Json } from '@tidegate/formats';
import { alertTests } from './rules/alert-tests.ts';
import { ruleGroups } from './rules/rule-groups.ts';
import type { WatchedService } from './watched-service.ts';

/** The file of rules as Prometheus reads it. */
export const rulesFileName = 'prometheus-rules.yaml';

/** Recordings and alerts, for `rule_files` of Prometheus. The same services give the same text. */
export function rulesFile(services: readonly WatchedService[], writtenBy: string): string {
  return writeYaml(plain({ groups: ruleGroups(services) }), writtenBy);
}

/** What the rules do when a service is well, fails, is slow or is gone, for `promtool test rules`. */
export function ruleTestsFile(services: readonly WatchedService[], writtenBy: string): string {
  const file = { rule_files: [rulesFileName], evaluation_interval: '1m', tests: alertTests(services) };
  return writeYaml(plain(file), `${writtenBy}\nRun it with: promtool test rules prometheus-rules.test.yaml`);
}

function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
