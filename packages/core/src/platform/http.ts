import { Agent, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; several values of one name are joined by `, `. */
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** Sends requests, of `http:` or `https:`, one after another over one connection, which it keeps open between them. Redirects are answers. */
export interface HttpClient {
  /** @throws Error when there is no whole answer in time, or one of more than 16 MiB */
  readonly send: (wanted: HttpRequest) => Promise<HttpAnswer>;
  readonly [Symbol.dispose]: () => void;
}

const longestBody = 16 << 20;

export function openHttpClient(): HttpClient {
  const options = { keepAlive: true, maxSockets: 1 };
  const [plain, secure] = [new Agent(options), new SecureAgent(options)];
  return {
    send: (wanted) => send(wanted, new URL(wanted.url).protocol === 'https:' ? secure : plain),
    [Symbol.dispose]: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

function send({ url, method, headers, body, timeoutMs, signal }: HttpRequest, agent: Agent): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const late = AbortSignal.timeout(timeoutMs);
    const begin = agent instanceof SecureAgent ? secureRequest : request;
    const sent = begin(url, { method, headers, agent, signal: AbortSignal.any([signal, late]) }, (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > longestBody) sent.destroy(new Error(`the answer is longer than ${longestBody} bytes`));
      });
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: joined(answer.headers), body: Buffer.concat(chunks).toString('utf8') }),
      );
      answer.once('error', fail);
    });
    const fail = (error: Error): void =>
      reject(late.aborted && !signal.aborted ? new Error(`no answer within ${timeoutMs} ms`, { cause: error }) : error);
    sent.once('error', fail);
    sent.end(body ?? undefined);
  });
}

function joined(headers: NodeJS.Dict<string | string[]>): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
