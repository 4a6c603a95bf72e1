import type { WatchedService } from './watched-service.ts';

/** Endpoints of the model server that answer predictions, as a pattern for the label `endpoint`. */
export const predictions = 'endpoint=~"infer|predict"';

/** Matchers as PromQL writes them: `{project="a",service="b"}`. */
export function matching(labels: { readonly [name: string]: string }): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}}`;
}

/**
 * The part of an expression that is of one service: every server says in `tidegate_release_info`, which is 1, what it serves. The
 * label `environment` comes from the scrape configuration.
 */
export function ofService(expr: string, { project, service }: Pick<WatchedService, 'project' | 'service'>): string {
  return `${expr} * on (environment, job, instance) group_left () tidegate_release_info${matching({ project, service })}`;
}
