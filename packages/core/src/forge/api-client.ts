import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Json } from '@tidegate/formats';
import type { HttpAnswer, HttpClient } from '../platform/index.ts';

export interface ApiOptions {
  /** Address of the API, without a slash at its end. */
  readonly api: string;
  /** Sent with every request and with no other: it never leaves this host. */
  readonly headers: { readonly [name: string]: string };
  /** Not to be seen in any message. */
  readonly token: string;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  /** Pauses between attempts, in milliseconds; as many attempts follow the first. */
  readonly pausesMs: readonly number[];
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: HttpAnswer['headers'];
  /** Null when it is not JSON. */
  readonly body: Json;
}

export interface ApiRequest {
  readonly body?: Json;
  /** Answers other than 2xx that the caller knows what to do with. */
  readonly expected?: (answer: ApiAnswer) => boolean;
}

/** Requests to the API of a forge. */
export interface ApiClient {
  /** `path` begins with a slash. @throws TG-CI-POST for an answer other than 2xx that is not `expected` */
  readonly ask: (method: string, path: string, more?: ApiRequest) => Promise<ApiAnswer>;
  /** Does the work, and does it all again when the forge was too busy to answer. @throws TG-CI-POST when it stays so */
  readonly persist: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The forge had no time for it: worth another attempt. */
class Busy extends Error {
  readonly found: string;
  readonly waitMs: number;

  constructor(found: string, waitMs: number) {
    super(found);
    this.found = found;
    this.waitMs = waitMs;
  }
}

/** A forge that asks for a longer pause is not waited for: the verdict is there, and somebody waits for it. */
const longestWaitMs = 60_000;
const timeoutMs = 30_000;

export function apiClient({ api, headers, token, http, signal, pausesMs }: ApiOptions): ApiClient {
  const hidden = (text: string): string => text.replaceAll(token, '***').slice(0, 300);
  const ask: ApiClient['ask'] = async (method, path, { body, expected = () => false } = {}) => {
    const answer = await http
      .send({
        url: `${api}${path}`,
        method,
        headers: { ...headers, 'user-agent': 'tidegate', ...(body !== undefined && { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
        timeoutMs,
        signal,
      })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw new Busy(`did not answer: ${hidden(error instanceof Error ? error.message : String(error))}`, 0);
      });
    const { status } = answer;
    const read = { status, headers: answer.headers, body: jsonOf(answer.body) };
    if ((status >= 200 && status < 300) || expected(read)) return read;
    const said = `answered ${status} to ${method} ${path}${hidden(messageOf(read.body))}`;
    const waitMs = 1000 * Number(answer.headers['retry-after'] ?? 0) || 0;
    if (status >= 500 || status === 429 || (status === 403 && waitMs > 0)) throw new Busy(said, waitMs);
    throw refused(api, said, status);
  };
  const persist: ApiClient['persist'] = async (work) => {
    for (const pauseMs of [...pausesMs, null]) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Busy)) throw error;
        const waitMs = Math.max(pauseMs ?? 0, error.waitMs);
        if (pauseMs === null || waitMs > longestWaitMs) throw refused(api, error.found, null);
        await sleep(waitMs, undefined, { signal });
      }
    }
    throw new Error('There is a last attempt; please report this');
  };
  return { ask, persist };
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** GitHub and Gitea say `message`, GitLab says `message` or `error`, which may be more than text. */
function messageOf(body: Json): string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return '';
  const { message, error } = body as { readonly [name: string]: Json };
  const said = message ?? error ?? null;
  return said === null ? '' : `: ${typeof said === 'string' ? said : JSON.stringify(said)}`;
}

function refused(api: string, said: string, status: number | null): Error {
  const isRight = status === 401 || status === 403 || status === 404;
  return failure(
    'TG-CI-POST',
    `Cannot post to "${new URL(api).host}": it ${said}`,
    isRight
      ? 'Give the token of the job the right to write comments and statuses; a pull request from a fork has none, which is as it should be'
      : 'Run the job again; the report is in the files that it keeps',
  );
}
