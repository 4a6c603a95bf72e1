import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';

export interface StoredComment {
  readonly id: number;
  /** Who made it. */
  readonly by: 'us' | 'somebody';
  body: string;
}

/** What a request is answered with instead of what it asks for. */
export interface Trouble {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
  /** Does what was asked, and then answers so: a proxy that gave up waiting. */
  readonly after?: true;
}

/**
 * A server of ours that keeps comments and statuses of one pull request in memory and takes requests only as the documentation of GitHub
 * (docs.github.com/en/rest) or of GitLab (docs.gitlab.com/api) has them: paths, methods, headers, members and their lengths.
 */
export interface ForgeServer {
  readonly api: string;
  readonly token: string;
  readonly comments: StoredComment[];
  readonly statuses: { readonly [member: string]: unknown }[];
  /** Method and path of every request, with its headers. */
  readonly requests: { readonly line: string; readonly headers: IncomingMessage['headers'] }[];
  /** What was wrong with requests. */
  readonly mistakes: string[];
  /** The next requests get these, one each; null: no trouble with that one. */
  readonly troubles: (Trouble | null)[];
  /** Whether the token may ask whose it is. */
  knowsUser: boolean;
}

export const pullRequest = 7;
export const commit = 'c0ffee'.padEnd(40, '0');

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly [member: string]: unknown } | null;
}

interface Answered {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
}

export async function startForgeServer(t: TestContext, kind: 'github' | 'gitlab'): Promise<ForgeServer> {
  const state = {
    token: 's3cret-token-of-the-job',
    comments: [] as StoredComment[],
    statuses: [] as { readonly [member: string]: unknown }[],
    requests: [] as ForgeServer['requests'],
    mistakes: [] as string[],
    troubles: [] as (Trouble | null)[],
    knowsUser: true,
  };
  const answer = kind === 'github' ? github : gitlab;
  const server = createServer((request, response) => {
    void (async () => {
      const asked = await read(request);
      state.requests.push({ line: `${asked.method} ${request.url ?? ''}`, headers: asked.headers });
      const trouble = state.troubles.shift() ?? null;
      const given = trouble === null || trouble.after === true ? answer(state, asked) : null;
      const told = trouble ?? given ?? { status: 500 };
      response.writeHead(told.status, { 'content-type': 'application/json', ...told.headers });
      response.end(told.body === undefined ? '' : JSON.stringify(told.body));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return Object.assign(state, { api: `http://127.0.0.1:${port}${kind === 'gitlab' ? '/api/v4' : '/api'}` });
}

async function read(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://forge');
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const body = text === '' ? null : (JSON.parse(text) as Asked['body']);
  return { method: request.method ?? '', path: url.pathname, query: url.searchParams, headers: request.headers, body };
}

type State = Omit<ForgeServer, 'api'>;

/** Notes what a request has too much or too little of, and refuses it. */
function refuse(state: State, status: number, mistake: string): Answered {
  state.mistakes.push(mistake);
  return { status, body: { message: mistake } };
}

function text(state: State, { body }: Asked, member: string, longest: number): string {
  const value = body?.[member];
  if (typeof value !== 'string' || value === '' || value.length > longest) state.mistakes.push(`${member} is no text of 1 to ${longest}`);
  return String(value);
}

function onlyMembers(state: State, { body }: Asked, known: readonly string[]): void {
  for (const member of Object.keys(body ?? {})) if (!known.includes(member)) state.mistakes.push(`${member} is no member of the request`);
}

function create(state: State, asked: Asked, longest: number): StoredComment {
  onlyMembers(state, asked, ['body']);
  const comment: StoredComment = { id: 100 + state.comments.length, by: 'us', body: text(state, asked, 'body', longest) };
  state.comments.push(comment);
  return comment;
}

function page<T>(all: readonly T[], { query }: Asked): { readonly items: readonly T[]; readonly next: number | null } {
  const [size, number] = [Math.min(100, Number(query.get('per_page') ?? 30)), Number(query.get('page') ?? 1)];
  return { items: all.slice((number - 1) * size, number * size), next: number * size < all.length ? number + 1 : null };
}

function github(state: State, asked: Asked): Answered {
  const { method, path, headers } = asked;
  if (headers.authorization !== `Bearer ${state.token}`) return refuse(state, 401, 'Bad credentials');
  if (headers['user-agent'] === undefined) return refuse(state, 403, 'Request forbidden by administrative rules');
  if (headers['x-github-api-version'] !== '2022-11-28') return refuse(state, 400, 'no version of the API');
  const view = ({ id, by, body }: StoredComment) => ({
    id,
    body,
    user:
      by === 'us'
        ? { login: state.knowsUser ? 'us' : 'github-actions[bot]', type: state.knowsUser ? 'User' : 'Bot' }
        : { login: 'eve', type: 'User' },
  });
  if (method === 'GET' && path === '/api/user')
    return state.knowsUser
      ? { status: 200, body: { login: 'us' } }
      : { status: 403, body: { message: 'Resource not accessible by integration' } };
  if (path === `/api/repos/shop/houses/issues/${pullRequest}/comments`) {
    if (method === 'POST') return { status: 201, body: view(create(state, asked, 65_536)) };
    const { items, next } = page(state.comments, asked);
    return { status: 200, body: items.map(view), ...(next !== null && { headers: { link: `<${path}?page=${next}>; rel="next"` } }) };
  }
  const own = /^\/api\/repos\/shop\/houses\/issues\/comments\/(\d+)$/.exec(path)?.[1];
  if (method === 'PATCH' && own !== undefined) return update(state, asked, Number(own), 65_536);
  if (method === 'POST' && path === `/api/repos/shop/houses/statuses/${commit}`) {
    onlyMembers(state, asked, ['state', 'context', 'description', 'target_url']);
    text(state, asked, 'description', 140);
    if (!['error', 'failure', 'pending', 'success'].includes(String(asked.body?.['state']))) state.mistakes.push('no such state');
    state.statuses.push(asked.body ?? {});
    return { status: 201, body: {} };
  }
  return refuse(state, 404, `Not Found: ${method} ${path}`);
}

function update(state: State, asked: Asked, id: number, longest: number): Answered {
  const comment = state.comments.find((one) => one.id === id);
  if (comment?.by !== 'us') return refuse(state, 403, 'a comment of somebody else');
  onlyMembers(state, asked, ['body']);
  comment.body = text(state, asked, 'body', longest);
  return { status: 200, body: { id, body: comment.body } };
}

function gitlab(state: State, asked: Asked): Answered {
  const { method, path, headers } = asked;
  if (headers['private-token'] !== state.token) return refuse(state, 401, '401 Unauthorized');
  const view = ({ id, by, body }: StoredComment) => ({ id, body, system: false, author: { id: by === 'us' ? 1 : 2 } });
  if (method === 'GET' && path === '/api/v4/user') return { status: 200, body: { id: 1, username: 'us' } };
  const notes = `/api/v4/projects/42/merge_requests/${pullRequest}/notes`;
  if (path === notes) {
    if (method === 'POST') return { status: 201, body: view(create(state, asked, 1_000_000)) };
    const { items, next } = page(state.comments, asked);
    return { status: 200, body: items.map(view), headers: { 'x-next-page': String(next ?? '') } };
  }
  if (method === 'PUT' && path.startsWith(`${notes}/`)) return update(state, asked, Number(path.slice(notes.length + 1)), 1_000_000);
  if (method === 'POST' && path === `/api/v4/projects/42/statuses/${commit}`) {
    onlyMembers(state, asked, ['state', 'name', 'description', 'target_url']);
    text(state, asked, 'description', 255);
    const wanted = String(asked.body?.['state']);
    if (!['pending', 'running', 'success', 'failed', 'canceled', 'skipped'].includes(wanted)) state.mistakes.push('no such state');
    const last = state.statuses.findLast(({ name }) => name === asked.body?.['name'])?.['state'];
    if (last === wanted) return { status: 400, body: { message: `Cannot transition status via :run from :${wanted}` } };
    state.statuses.push(asked.body ?? {});
    return { status: 201, body: {} };
  }
  return refuse(state, 404, `404 Not Found: ${method} ${path}`);
}
