import type { Json } from '@tidegate/formats';
import type { ApiClient } from './api-client.ts';
import type { CommentRequest, Forge, ReviewRequest, StatusState } from './forge.ts';
import { memberOf, textOf } from './json-members.ts';

/** https://docs.github.com/en/rest/commits/statuses */
const states: Readonly<Record<StatusState, string>> = { running: 'pending', passed: 'success', failed: 'failure', broken: 'error' };
const longestDescription = 140;

/** More comments than anybody reads. */
const mostPages = 100;

/** Users of tokens that a CI job is given, which may not ask who they are. */
const jobUsers: ReadonlySet<string> = new Set(['github-actions[bot]', 'gitea-actions', 'forgejo-actions']);

/** GitHub, and Gitea and Forgejo, whose API is the same here but for reviews. `repository` is `OWNER/NAME`. */
export function githubForge(client: ApiClient, repository: string, { isGitea = false }: { readonly isGitea?: boolean } = {}): Forge {
  const base = `/repos/${repository.split('/').map(encodeURIComponent).join('/')}`;
  return {
    // GitHub shows what its job prints at lines
    review: async (request) => {
      if (isGitea) await client.persist(() => giteaReview(client, base, request));
    },
    comment: (request) =>
      client.persist(async () => {
        const id = await findComment(client, base, request);
        const body = { body: request.body };
        if (id === null) await client.ask('POST', `${base}/issues/${request.pullRequest}/comments`, { body });
        else await client.ask('PATCH', `${base}/issues/comments/${id}`, { body });
        return id === null ? 'made' : 'updated';
      }),
    setStatus: ({ commit, name, state, description, url }) =>
      client.persist(async () => {
        const body = { state: states[state], context: name, description: cut(description), ...(url !== null && { target_url: url }) };
        await client.ask('POST', `${base}/statuses/${encodeURIComponent(commit)}`, { body });
      }),
  };
}

/** https://docs.gitea.com/api: reviews of a pull request. One that is there is deleted, for its lines are those of another commit. */
async function giteaReview(client: ApiClient, base: string, { pullRequest, commit, marker, body, lines }: ReviewRequest): Promise<void> {
  const reviews = `${base}/pulls/${pullRequest}/reviews`;
  const isOurs = await ownership(client);
  const old: number[] = [];
  for (let page = 1; page <= mostPages; page++) {
    const { body: found, headers } = await client.ask('GET', `${reviews}?limit=50&page=${page}`);
    for (const review of Array.isArray(found) ? (found as readonly Json[]) : []) {
      const id = memberOf(review, 'id');
      if (isMarked(review, marker) && isOurs(review) && typeof id === 'number' && Number.isSafeInteger(id)) old.push(id);
    }
    if (!/;\s*rel="?next"?/.test(headers['link'] ?? '')) break;
  }
  for (const id of old) await client.ask('DELETE', `${reviews}/${id}`, { expected: ({ status }) => status === 404 });
  if (lines.length === 0) return;
  const comments = lines.map(({ file, line, body: text }) => ({ path: file, new_position: line, body: text }));
  await client.ask('POST', reviews, { body: { event: 'COMMENT', commit_id: commit, body, comments } });
}

function cut(text: string): string {
  return text.length > longestDescription ? `${text.slice(0, longestDescription - 1)}…` : text;
}

/** A comment of ours: anybody may write the marker. */
async function findComment(client: ApiClient, base: string, { pullRequest, marker }: CommentRequest): Promise<number | null> {
  const isOurs = await ownership(client);
  for (let page = 1; page <= mostPages; page++) {
    const { body, headers } = await client.ask('GET', `${base}/issues/${pullRequest}/comments?per_page=100&page=${page}`);
    const found = (Array.isArray(body) ? (body as readonly Json[]) : []).find((comment) => isMarked(comment, marker) && isOurs(comment));
    const id = memberOf(found ?? null, 'id');
    if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
    if (!/;\s*rel="?next"?/.test(headers['link'] ?? '')) break; // Gitea gives all at once, whatever the page
  }
  return null;
}

/** Whether the token's own user has made something. */
async function ownership(client: ApiClient): Promise<(made: Json) => boolean> {
  const self = (await client.ask('GET', '/user', { expected: ({ status }) => [401, 403, 404].includes(status) })).body;
  const login = textOf(self, 'login');
  return (made) => {
    const user = memberOf(made, 'user');
    const name = textOf(user, 'login');
    return login === null ? textOf(user, 'type') === 'Bot' || (name !== null && jobUsers.has(name)) : name === login;
  };
}

function isMarked(comment: Json, marker: string): boolean {
  return textOf(comment, 'body')?.split(/\r?\n/, 1)[0] === marker;
}
