import type { Json } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { hexOf } from '@tidegate/formats';
import type { WatchedService } from '../watched-service.ts';
import { datasource, panels } from './panel.ts';
import { servicePanels } from './service-panels.ts';

/** Read by Grafana 10.0; later ones raise it by themselves. */
const schemaVersion = 38;

/** A dashboard for all services of a project, to be imported or provisioned. The same services give the same text. */
export function dashboardFile(project: string, services: readonly WatchedService[], writtenBy: string): string {
  const hasFeatures = services.some((service) => service.hasFeatures);
  const hasSlo = services.some(({ slo }) => slo !== null);
  const dashboard: Json = {
    id: null,
    uid: uidOf(project),
    title: `Tidegate: ${project}`,
    description: writtenBy,
    tags: ['tidegate'],
    schemaVersion,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    timezone: 'browser',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: variables(project) },
    annotations: { list: [releases(project)] },
    links: [],
    panels: panels(servicePanels({ project, hasFeatures, hasSlo })),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

/** At most 40 characters, the same for every export of a project, so that an import takes the place of the former. */
function uidOf(project: string): string {
  return `tidegate-${hexOf(digestOfBytes(project)).slice(0, 16)}`;
}

function variables(project: string): readonly Json[] {
  const info = `tidegate_release_info{project=${JSON.stringify(project)}`;
  return [
    { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0, refresh: 1 },
    labelVariable('environment', `label_values(${info}}, environment)`),
    labelVariable('service', `label_values(${info},environment=~"$environment"}, service)`),
  ];
}

function labelVariable(name: string, query: string): Json {
  const all = { selected: true, text: ['All'], value: ['$__all'] };
  const shown = { label: name, hide: 0, includeAll: true, multi: true, current: all };
  return { name, type: 'query', datasource, definition: query, query: { query, refId: name }, refresh: 2, sort: 1, ...shown };
}

/** A mark where a server first answers with another release. */
function releases(project: string): Json {
  const info = `tidegate_release_info{project=${JSON.stringify(project)},environment=~"$environment",service=~"$service"}`;
  return {
    name: 'Releases',
    datasource,
    enable: true,
    iconColor: 'red',
    expr: `${info} unless on (environment, service, release) ${info} offset 1m`,
    step: '30s',
    titleFormat: '{{service}} in {{environment}}',
    textFormat: '{{release}}',
    tagKeys: 'model',
  };
}
