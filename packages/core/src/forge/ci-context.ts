import type { Json } from '@tidegate/formats';
import { readTextIfThere } from '../platform/index.ts';
import { memberOf, textOf } from './json-members.ts';

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
  /**
   * Where the change comes from: it was pushed to the repository; it is a pull request of a branch there; or one of a fork, which is also what a pull
   * request counts as of which the CI does not say so.
   */
  readonly source: 'push' | 'branch' | 'fork';
  /** The branch that the change is on, of a pull request the one that it asks to merge; null where there is none, as for a tag. */
  readonly branch: string | null;
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
  const event = await readEvent(variables['GITHUB_EVENT_PATH']);
  const pull = memberOf(event, 'pull_request');
  const target = variables['GITHUB_BASE_REF'] ?? '';
  const [server, run] = [addressOf(variables['GITHUB_SERVER_URL']), variables['GITHUB_RUN_ID'] ?? ''];
  return {
    kind: 'github',
    api,
    repository,
    pullRequest: numberOf(memberOf(pull, 'number')),
    source: githubSource(variables, event),
    branch: filled(variables['GITHUB_HEAD_REF']) ?? branchOf(variables['GITHUB_REF'] ?? ''),
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
    source: gitlabSource(variables),
    branch: filled(variables['CI_MERGE_REQUEST_SOURCE_BRANCH_NAME']) ?? filled(variables['CI_COMMIT_BRANCH']),
    commit: commitOf(variables['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA'] ?? null) ?? commitOf(variables['CI_COMMIT_SHA'] ?? null),
    bases: [
      ...listed(commitOf(variables['CI_MERGE_REQUEST_DIFF_BASE_SHA'] ?? null)),
      ...(target === '' ? [] : [`refs/remotes/origin/${target}`]),
    ],
    runUrl: addressOf(variables['CI_JOB_URL']),
    token: filled(variables['TIDEGATE_GITLAB_TOKEN']) ?? filled(variables['GITLAB_TOKEN']),
  };
}

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request; `workflow_run` tells of a workflow that a fork may have started. */
function githubSource(variables: Variables, event: Json): CiContext['source'] {
  const pull = memberOf(event, 'pull_request');
  const started = memberOf(event, 'workflow_run');
  const isPull = (variables['GITHUB_EVENT_NAME'] ?? '').startsWith('pull_request') || (variables['GITHUB_BASE_REF'] ?? '') !== '';
  if (pull === null && started === null) return isPull ? 'fork' : 'push';
  const [from, to] =
    pull === null
      ? [memberOf(started, 'head_repository'), memberOf(event, 'repository')]
      : [memberOf(memberOf(pull, 'head'), 'repo'), memberOf(memberOf(pull, 'base'), 'repo')];
  const name = textOf(from, 'full_name');
  return name !== null && name === textOf(to, 'full_name') ? 'branch' : 'fork';
}

/** A merge request of a fork may run in the project of the fork or in that of its target; the two ids differ in both. */
function gitlabSource(variables: Variables): CiContext['source'] {
  if ((variables['CI_MERGE_REQUEST_IID'] ?? '') === '' && variables['CI_PIPELINE_SOURCE'] !== 'merge_request_event') return 'push';
  const from = filled(variables['CI_MERGE_REQUEST_SOURCE_PROJECT_ID']);
  return from !== null && from === variables['CI_MERGE_REQUEST_PROJECT_ID'] ? 'branch' : 'fork';
}

function branchOf(ref: string): string | null {
  return ref.startsWith('refs/heads/') ? filled(ref.slice('refs/heads/'.length)) : null;
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
