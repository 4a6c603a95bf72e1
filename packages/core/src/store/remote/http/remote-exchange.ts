import { setTimeout as wait } from 'node:timers/promises';
import { TidegateError } from '@tidegate/formats';
import { type HttpExchange, isPassing, openHttpExchange, type StreamedAnswer, wholeAnswer } from '../../../platform/index.ts';
import { toldOfServer } from './failures.ts';

export interface HttpPlace {
  /** Of the server, with a path where it stands behind one. */
  readonly url: string;
  /** Asked when the first request is sent. */
  readonly token: () => Promise<string>;
}

export interface RemoteQuestion {
  readonly method: string;
  /** Below the place's address. */
  readonly path: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Answers besides 2xx that say something; others are thrown. */
  readonly expects?: readonly number[];
  /** For a reader, after "Cannot". */
  readonly doing: string;
}

export interface RemoteAnswer extends StreamedAnswer {
  /** How often it was asked: of a write that was asked for more than once, the first time may have done it. */
  readonly tries: number;
}

export interface RemoteExchange {
  /** @throws what a server or a network has against it, as of `RemoteFiles` */
  readonly ask: (question: RemoteQuestion) => Promise<RemoteAnswer>;
  /** As `ask`, when the answer has no body that matters. */
  readonly tell: (question: RemoteQuestion) => Promise<RemoteAnswer>;
  readonly broken: (error: unknown) => Error;
}

const mostTries = 5;

/** Waits longer each time: a server that is overrun is not helped by the same again at once. */
const pauseMs = (tries: number): number => 50 * 3 ** (tries - 1) * (1 + Math.random());

const longestMessage = 64 << 10;

/** Asks the server of a remote; what may pass is asked again. */
export function remoteExchange({ url, token }: HttpPlace, exchange: HttpExchange = openHttpExchange()): RemoteExchange {
  const base = url.replace(/\/+$/, '');
  const { network, status: told } = toldOfServer(base, new URL(base).host);
  let authorization: Promise<string> | null = null;

  const ask: RemoteExchange['ask'] = async ({ method, path, headers = {}, body = null, signal, expects = [], doing }) => {
    authorization ??= token().then((text) => `Bearer ${text}`);
    const all = { ...headers, authorization: await authorization };
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await exchange.ask({ url: `${base}/v1/${path}`, method, headers: all, body, signal });
        const { status } = answer;
        if ((status >= 200 && status < 300) || expects.includes(status)) return { ...answer, tries };
        const message = messageIn(await wholeAnswer(answer.body, longestMessage));
        if (!isBusy(status) || tries === mostTries) throw told(status, message, doing);
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        if (error instanceof TidegateError) throw error;
        if (!isPassing(error) || isRefused(error) || tries === mostTries) throw network(error);
      }
      await wait(pauseMs(tries), undefined, signal === undefined ? {} : { signal });
    }
  };
  return {
    ask,
    tell: async (question) => {
      const answer = await ask(question);
      for await (const chunk of answer.body) void chunk; // so that the connection is free again
      return answer;
    },
    broken: network,
  };
}

/** Nobody is there: asking again is for whoever has started the server meanwhile. */
function isRefused(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
}

function isBusy(status: number): boolean {
  return [429, 502, 503, 504].includes(status);
}

function messageIn(body: Buffer): string {
  try {
    const { error } = JSON.parse(body.toString('utf8')) as { readonly error?: unknown };
    return typeof error === 'string' ? error : '';
  } catch {
    return '';
  }
}
