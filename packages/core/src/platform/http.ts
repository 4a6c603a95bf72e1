import type { Agent, request } from 'node:http';

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
  const speakers = new Map<string, Promise<Speaker>>();
  return {
    send: async (wanted) => {
      const { protocol } = new URL(wanted.url);
      const speaker = speakers.get(protocol) ?? speakerOf(protocol);
      speakers.set(protocol, speaker);
      return send(wanted, await speaker);
    },
    [Symbol.dispose]: () => {
      for (const speaker of speakers.values()) void speaker.then(({ agent }) => agent.destroy());
    },
  };
}

interface Speaker {
  readonly begin: typeof request;
  readonly agent: Agent;
}

/** Loaded when first spoken: importing the modules takes longer than many a command that sends nothing. */
async function speakerOf(protocol: string): Promise<Speaker> {
  const { request: begin, Agent: Connections } = await (protocol === 'https:' ? import('node:https') : import('node:http'));
  return { begin, agent: new Connections({ keepAlive: true, maxSockets: 1 }) };
}

function send({ url, method, headers, body, timeoutMs, signal }: HttpRequest, { begin, agent }: Speaker): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const late = AbortSignal.timeout(timeoutMs);
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
