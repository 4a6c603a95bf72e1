import type { ProjectConfig } from '../config/index.ts';
import { dashboardFile } from './dashboard/dashboard-file.ts';
import { rulesFile, rulesFileName, ruleTestsFile } from './prometheus-files.ts';
import { watchedServices } from './watched-service.ts';

/** A file for Prometheus, promtool or Grafana. */
export interface MonitoringFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The rules of Prometheus, their tests and the dashboard of Grafana for the services of a project. They depend on nothing but
 * `tidegate.yaml` and the version of Tidegate that they name.
 */
export function monitoringFiles(config: ProjectConfig, version: string): readonly MonitoringFile[] {
  const services = watchedServices(config);
  const writtenBy = `Written by "tidegate monitoring export" of Tidegate ${version} from tidegate.yaml: change that file, not this one.`;
  return [
    { name: rulesFileName, text: rulesFile(services, writtenBy) },
    { name: 'prometheus-rules.test.yaml', text: ruleTestsFile(services, writtenBy) },
    { name: 'grafana-dashboard.json', text: dashboardFile(config.project, services, writtenBy) },
  ];
}
