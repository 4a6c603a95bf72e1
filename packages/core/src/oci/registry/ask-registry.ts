import { setTimeout as wait } from 'node:timers/promises';
import { failure, type TidegateError } from '@tidegate/formats';
import { type HttpExchange, isPassing, networkFault, type StreamedAnswer, wholeAnswer } from '../../platform/index.ts';
import type { Authorizer } from './authorize.ts';

export interface RegistryQuestion {
  readonly method: string;
  /** Below the address of the registry, or a whole URL that the registry has given. */
  readonly path: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Uint8Array;
  /** Answers besides 2xx that say something; others are thrown. */
  readonly expects?: readonly number[];
  /** For a reader, after "Cannot". */
  readonly doing: string;
}

export interface RegistryPlace {
  /** The name that users know: `docker.io`. */
  readonly registry: string;
  /** Where it answers: `https://registry-1.docker.io`. */
  readonly url: string;
}

/** @throws TG-IMAGE-REGISTRY, TG-IMAGE-LOGIN, TG-IMAGE-NOT-FOUND */
export type AskRegistry = (question: RegistryQuestion) => Promise<StreamedAnswer>;

export interface AskOptions {
  readonly exchange: HttpExchange;
  readonly authorizer: Authorizer;
  readonly signal?: AbortSignal | undefined;
}

const mostTries = 5;
const mostRedirects = 5;
const longestMessage = 64 << 10;

/**
 * Asks a registry: with what it wants to be asked with, again after a while when what went wrong may pass, and where it sends us to. What proves who we are goes to the registry alone,
 * and nobody is followed from TLS to a place without.
 */
export function registryAsker(place: RegistryPlace, { exchange, authorizer, signal }: AskOptions): AskRegistry {
  return async (question) => {
    const url = new URL(question.path, `${place.url}/`).href;
    for (let tries = 1; ; tries += 1) {
      const answer = await askOnce(question, url).catch((error: unknown) => {
        signal?.throwIfAborted();
        if (!isPassing(error) || isRefused(error) || tries === mostTries) throw unreachable(error, place, question.doing);
        return null;
      });
      if (answer !== null) {
        if (isGood(answer.status, question)) return answer;
        if (!isBusy(answer.status) || tries === mostTries) throw await refused(answer, place, question);
        await discard(answer);
      }
      await wait(pauseMs(tries, answer), undefined, signal === undefined ? {} : { signal });
    }
  };

  async function askOnce(question: RegistryQuestion, url: string): Promise<StreamedAnswer> {
    const first = await send(question, url, await authorizer.header());
    if (first.status !== 401) return first;
    const challenge = first.headers['www-authenticate'];
    await discard(first);
    return send(question, url, await authorizer.answer(challenge ?? ''));
  }

  async function send(
    { method, headers = {}, body }: RegistryQuestion,
    url: string,
    authorization: string | null,
  ): Promise<StreamedAnswer> {
    let at = new URL(url);
    for (let steps = 0; ; steps += 1) {
      const isOurs = at.origin === new URL(place.url).origin;
      const answer = await exchange.ask({
        url: at.href,
        method,
        headers: { ...headers, ...(authorization !== null && isOurs && { authorization }) },
        body: body ?? null,
        signal,
      });
      const to = answer.headers['location'];
      if (![301, 302, 303, 307, 308].includes(answer.status) || to === undefined || steps === mostRedirects) return answer;
      await discard(answer);
      const next = new URL(to, at);
      if (at.protocol === 'https:' && next.protocol !== 'https:')
        throw Object.assign(new Error(`it sends to "${next.origin}", which has no TLS`), { code: 'TG_REDIRECT' });
      at = next;
    }
  }
}

function isGood(status: number, { expects = [] }: RegistryQuestion): boolean {
  return (status >= 200 && status < 300) || expects.includes(status);
}

/** Nobody is there: asking again is for whoever has started the registry meanwhile. */
function isRefused(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
}

function isBusy(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}

/** As long as the registry says, at most half a minute; else longer each time. */
function pauseMs(tries: number, answer: StreamedAnswer | null): number {
  const seconds = Number(answer?.headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(30, Math.max(0, seconds)) * 1000 : 100 * 3 ** (tries - 1) * (1 + Math.random());
}

/** Reads what nobody needs, so that the connection is free again. */
export async function discard({ body }: StreamedAnswer): Promise<void> {
  for await (const chunk of body) void chunk;
}

function unreachable(error: unknown, { registry, url }: RegistryPlace, doing: string): Error {
  if ((error as TidegateError).name === 'TidegateError') return error as TidegateError;
  const fault = networkFault(error, new URL(url).host);
  const found = fault?.found ?? (error instanceof Error ? error.message : String(error));
  return failure(
    'TG-IMAGE-REGISTRY',
    `Cannot ${doing}: the registry "${registry}" cannot be reached: ${found}`,
    fault?.hint ?? 'Look at the registry, and at a proxy on the way',
    error,
  );
}

async function refused(answer: StreamedAnswer, { registry }: RegistryPlace, { doing }: RegistryQuestion): Promise<Error> {
  const { status } = answer;
  const said = messagesIn(await wholeAnswer(answer.body, longestMessage).catch(() => Buffer.alloc(0)));
  const told = said === '' ? `status ${status}` : `${said} (status ${status})`;
  if (status === 401 || status === 403)
    return failure(
      'TG-IMAGE-LOGIN',
      `Cannot ${doing}: the registry "${registry}" does not allow it: ${told}`,
      `Log in with "docker login ${registry}", "podman login ${registry}" or "skopeo login ${registry}", as somebody who may`,
    );
  if (status === 404)
    return failure(
      'TG-IMAGE-NOT-FOUND',
      `Cannot ${doing}: the registry "${registry}" does not have it: ${told}`,
      'Correct the name, the tag or the digest',
    );
  return failure(
    'TG-IMAGE-REGISTRY',
    `Cannot ${doing}: the registry "${registry}" refuses: ${told}`,
    isBusy(status) ? 'Try again later; the registry is overrun or broken' : 'Look at what the registry says',
  );
}

/** distribution-spec, "Error codes": `{"errors":[{"code","message","detail"}]}`. */
function messagesIn(body: Buffer): string {
  try {
    const { errors } = JSON.parse(body.toString('utf8')) as {
      readonly errors?: readonly { readonly code?: unknown; readonly message?: unknown }[];
    };
    return (errors ?? [])
      .map(({ code, message }) => [code, message].filter((part) => typeof part === 'string' && part !== '').join(': '))
      .join('; ')
      .slice(0, 500);
  } catch {
    return '';
  }
}
