import { failure, TidegateError } from '@tidegate/formats';
import { isPassing, networkFault, openHttpExchange, type StreamedAnswer } from '../../../platform/index.ts';
import { tryAgain } from '../try-again.ts';

export interface WebQuestion {
  readonly url: string;
  readonly headers?: { readonly [name: string]: string };
  readonly signal: AbortSignal;
  /** Answers besides 200 and 206 that say something. */
  readonly expects?: readonly number[];
}

/** Asks for files of the web, without telling an address. */
export interface Web {
  /** @throws TG-SOURCE-… for whatever else is answered, or when nothing is; what may pass is asked again */
  readonly get: (question: WebQuestion) => Promise<StreamedAnswer>;
}

const mostRedirects = 5;

/** @param token what is sent to the host of an address, and to no other that it leads to; null = nothing */
export function openWeb(title: string, token: () => Promise<string | null>): Web {
  const exchange = openHttpExchange({ connections: 4 });
  const once = async ({ url, headers = {}, signal, expects = [] }: WebQuestion): Promise<StreamedAnswer> => {
    const secret = await token();
    if (secret !== null && /[^\x20-\x7e]/.test(secret)) throw unfitToken(title);
    let at = new URL(url);
    for (let redirects = 0; ; redirects += 1) {
      const isSame = at.origin === new URL(url).origin;
      const all = { 'accept-encoding': 'identity', 'user-agent': 'tidegate', ...headers };
      const own = { ...all, ...(secret !== null && isSame && { authorization: `Bearer ${secret}` }) };
      const answer = await exchange.ask({ url: at.href, method: 'GET', headers: own, body: null, signal }).catch((error: unknown) => {
        if (signal.aborted) throw signal.reason;
        throw toldOfNetwork(error, title);
      });
      const { status } = answer;
      if (status === 200 || status === 206 || expects.includes(status)) return answer;
      answer.body.destroy();
      const next = [301, 302, 303, 307, 308].includes(status) ? nextOf(answer.headers['location'], at) : null;
      if (next === null || redirects === mostRedirects) throw toldOfStatus(status, title);
      at = next;
    }
  };
  return { get: (question) => tryAgain(() => once(question), { isTransient, signal: question.signal }) };
}

function unfitToken(title: string): Error {
  return failure(
    'TG-SOURCE-DENIED',
    `Cannot read ${title}: the token has characters that cannot be sent, such as the end of a line`,
    'Store the token anew, without what stands around it',
  );
}

/** Null for one that leads nowhere, or out of TLS. */
function nextOf(location: string | undefined, from: URL): URL | null {
  if (location === undefined || !URL.canParse(location, from.href)) return null;
  const next = new URL(location, from);
  return next.protocol === 'https:' || next.protocol === from.protocol ? next : null;
}

/** Of a connection that broke, or was never there. */
export function toldOfNetwork(error: unknown, title: string): Error {
  const fault = networkFault(error, 'its server');
  if (fault?.isTls === true) return failure('TG-SOURCE-TLS', `Cannot read ${title}: ${fault.found}`, fault.hint, error);
  const found = fault?.found ?? 'the connection broke';
  return failure('TG-SOURCE-UNREACHABLE', `Cannot read ${title}: ${found}`, fault?.hint ?? 'Try again', error);
}

const causes: { readonly [status: number]: readonly ['TG-SOURCE-DENIED' | 'TG-SOURCE-NOT-FOUND', string, string] } = {
  401: ['TG-SOURCE-DENIED', 'the server wants a token, or another one', 'Name the secret with the right one: token: { secret: NAME }'],
  403: ['TG-SOURCE-DENIED', 'the server refuses it', 'Ask its owner, or name a secret with a token: token: { secret: NAME }'],
  404: ['TG-SOURCE-NOT-FOUND', 'there is no such file', 'Correct the address in tidegate.yaml'],
  410: ['TG-SOURCE-NOT-FOUND', 'the file is gone for good', 'Correct the address in tidegate.yaml'],
};

function toldOfStatus(status: number, title: string): Error {
  const [code, found, hint] = causes[status] ?? [];
  const cause = Object.assign(new Error(`status ${status}`), { status });
  if (code !== undefined) return failure(code, `Cannot read ${title}: ${found ?? ''}`, hint ?? null, cause);
  const other = isBusy(status) ? 'TG-SOURCE-UNREACHABLE' : 'TG-SOURCE-ADDRESS';
  return failure(other, `Cannot read ${title}: the server answers with ${status}`, 'Open the address in a browser', cause);
}

function isBusy(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function isTransient(error: unknown): boolean {
  const cause = error instanceof TidegateError ? error.cause : error;
  const { status, code } = (cause ?? {}) as { readonly status?: number; readonly code?: string };
  return (status !== undefined && isBusy(status)) || (code !== 'ECONNREFUSED' && isPassing(cause));
}
