import type { Json } from '@tidegate/formats';
import { readTextIfThere } from '../platform/index.ts';
import { memberOf } from './json-members.ts';

type Variables = { readonly [name: string]: string | undefined };

/** What a CI system says of the change that it runs for. Everything in it comes from outside: text is data, never part of a command. */
export interface CiContext {
  /** Whose API it has: Gitea and Forgejo have that of GitHub. */
  readonly kind: 'github' | 'gitlab';
  /** Address of the API, without a slash at its end. */
  readonly api: string;
  /** `OWNER/NAME`, or the number that GitLab gives a project. */
  readonly repository: string;
  /** Number of the pull request or merge request; null when the CI runs for something else. */
  readonly pullRequest: number | null;
  /** The commit that its author pushed: the one that a status belongs to, also where the CI has checked out a merge. */
  readonly commit: string | null;
  /** Revisions to compare with, the best first; they need not be in the checkout. */
  readonly bases: readonly string[];
  /** Page of this run, for people. */
  readonly runUrl: string | null;
  /** Null when the job was given none, as for a pull request from a fork. */
  readonly token: string | null;
}

/** @returns null outside of a CI system that is known */
export async function readCiContext(variables: Variables): Promise<CiContext | null> {
  if (variables['GITHUB_ACTIONS'] === 'true') return githubContext(variables);
  return variables['GITLAB_CI'] === 'true' ? gitlabContext(variables) : null;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/variables; Gitea sets the same. */
async function githubContext(variables: Variables): Promise<CiContext | null> {
  const api = addressOf(variables['GITHUB_API_URL']);
  const repository = variables['GITHUB_REPOSITORY'] ?? '';
  if (api === null || !isRepository(repository)) return null;
  const pull = memberOf(await readEvent(variables['GITHUB_EVENT_PATH']), 'pull_request');
  const target = variables['GITHUB_BASE_REF'] ?? '';
  const [server, run] = [addressOf(variables['GITHUB_SERVER_URL']), variables['GITHUB_RUN_ID'] ?? ''];
  return {
    kind: 'github',
    api,
    repository,
    pullRequest: numberOf(memberOf(pull, 'number')),
    commit: commitOf(memberOf(memberOf(pull, 'head'), 'sha')) ?? commitOf(variables['GITHUB_SHA'] ?? null),
    bases: [...(target === '' ? [] : [`refs/remotes/origin/${target}`]), ...listed(commitOf(memberOf(memberOf(pull, 'base'), 'sha')))],
    runUrl: server === null || !/^\d+$/.test(run) ? null : `${server}/${repository}/actions/runs/${run}`,
    token: filled(variables['GITHUB_TOKEN']) ?? filled(variables['GITEA_TOKEN']),
  };
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
function gitlabContext(variables: Variables): CiContext | null {
  const api = addressOf(variables['CI_API_V4_URL']);
  const repository = variables['CI_PROJECT_ID'] ?? '';
  if (api === null || !/^\d+$/.test(repository)) return null;
  const target = variables['CI_MERGE_REQUEST_TARGET_BRANCH_NAME'] ?? '';
  return {
    kind: 'gitlab',
    api,
    repository,
    pullRequest: numberOf(Number(variables['CI_MERGE_REQUEST_IID'] ?? '')),
    commit: commitOf(variables['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA'] ?? null) ?? commitOf(variables['CI_COMMIT_SHA'] ?? null),
    bases: [
      ...listed(commitOf(variables['CI_MERGE_REQUEST_DIFF_BASE_SHA'] ?? null)),
      ...(target === '' ? [] : [`refs/remotes/origin/${target}`]),
    ],
    runUrl: addressOf(variables['CI_JOB_URL']),
    token: filled(variables['TIDEGATE_GITLAB_TOKEN']) ?? filled(variables['GITLAB_TOKEN']),
  };
}

/** `OWNER/NAME`; parts of dots only would lead elsewhere. */
function isRepository(text: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/.test(text) && !/(?:^|\/)\.+(?:\/|$)/.test(text);
}

async function readEvent(path: string | undefined): Promise<Json> {
  const text = path === undefined || path === '' ? null : await readTextIfThere(path).catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null; // without an event there is no pull request to speak of
  }
}

function numberOf(value: Json): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

function commitOf(value: Json): string | null {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value) ? value : null;
}

function addressOf(text: string | undefined): string | null {
  const url = URL.canParse(text ?? '') ? new URL(text ?? '') : null;
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? (text ?? '').replace(/\/+$/, '') : null;
}

function filled(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function listed<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}
