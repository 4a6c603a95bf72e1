import type { Json } from '@tidegate/formats';
import type { ApiAnswer, ApiClient } from './api-client.ts';
import type { CommentRequest, Forge, StatusState } from './forge.ts';
import { memberOf, textOf } from './json-members.ts';

/** https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
const states: Readonly<Record<StatusState, string>> = { running: 'running', passed: 'success', failed: 'failed', broken: 'failed' };
const longestDescription = 255;

/** More notes than anybody reads. */
const mostPages = 100;

/** GitLab; `project` is the number of the project. */
export function gitlabForge(client: ApiClient, project: string): Forge {
  const base = `/projects/${encodeURIComponent(project)}`;
  return {
    comment: (request) =>
      client.persist(async () => {
        const notes = `${base}/merge_requests/${request.pullRequest}/notes`;
        const id = await findNote(client, notes, request);
        const body = { body: request.body };
        if (id === null) await client.ask('POST', notes, { body });
        else await client.ask('PUT', `${notes}/${id}`, { body });
        return id === null ? 'made' : 'updated';
      }),
    review: async () => {}, // its Code Quality report shows lines
    setStatus: ({ commit, name, state, description, url }) =>
      client.persist(async () => {
        const path = `${base}/statuses/${encodeURIComponent(commit)}`;
        const body = { state: states[state], name, description: cut(description), ...(url !== null && { target_url: url }) };
        await client.ask('POST', path, { body, expected: isSameAgain });
      }),
  };
}

/** The same state once more is refused with these words, and is what we want. */
function isSameAgain({ status, body }: ApiAnswer): boolean {
  return status === 400 && /cannot transition/i.test(textOf(body, 'message') ?? '');
}

function cut(text: string): string {
  return text.length > longestDescription ? `${text.slice(0, longestDescription - 1)}…` : text;
}

/** A note of ours: anybody may write the marker. */
async function findNote(client: ApiClient, notes: string, { marker }: CommentRequest): Promise<number | null> {
  const self = memberOf((await client.ask('GET', '/user')).body, 'id');
  for (let page = '1', read = 0; page !== '' && read < mostPages; read++) {
    const { body, headers } = await client.ask('GET', `${notes}?per_page=100&sort=asc&order_by=created_at&page=${page}`);
    const found = (Array.isArray(body) ? (body as readonly Json[]) : []).find(
      (note) =>
        memberOf(note, 'system') !== true &&
        textOf(note, 'body')?.split(/\r?\n/, 1)[0] === marker &&
        memberOf(memberOf(note, 'author'), 'id') === self,
    );
    const id = memberOf(found ?? null, 'id');
    if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
    page = /^\d+$/.exec(headers['x-next-page'] ?? '')?.[0] ?? '';
  }
  return null;
}
