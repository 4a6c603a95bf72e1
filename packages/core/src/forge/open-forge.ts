import type { HttpClient } from '../platform/index.ts';
import { apiClient, type ApiOptions } from './api-client.ts';
import type { CiContext } from './ci-context.ts';
import type { Forge } from './forge.ts';
import { githubForge } from './github-forge.ts';
import { gitlabForge } from './gitlab-forge.ts';

/** Pauses between attempts: a forge that restarts is back by then, mostly. */
const pausesMs = [1_000, 4_000, 10_000];

export interface OpenForge {
  readonly context: CiContext;
  readonly token: string;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  /** Default: 1, 4 and 10 seconds. */
  readonly pausesMs?: ApiOptions['pausesMs'];
}

/** The forge that a CI job works for. */
export function openForge({ context, token, http, signal, pausesMs: pauses = pausesMs }: OpenForge): Forge {
  const headers =
    context.kind === 'gitlab'
      ? { 'private-token': token }
      : { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
  const client = apiClient({ api: context.api, headers, token, http, signal, pausesMs: pauses });
  return context.kind === 'gitlab'
    ? gitlabForge(client, context.repository)
    : githubForge(client, context.repository, { isGitea: context.api.endsWith('/api/v1') });
}
