import type { Agent, request } from 'node:http';
import type { Readable } from 'node:stream';

export interface HttpQuestion {
  readonly url: string;
  readonly method: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: Uint8Array | null;
  readonly signal: AbortSignal | undefined;
}

export interface StreamedAnswer {
  readonly status: number;
  /** Names in lower case; several values of one name are joined by `, `. */
  readonly headers: { readonly [name: string]: string };
  /** Must be read to its end, or destroyed. An answer that is cut short ends in an error, not early. */
  readonly body: Readable;
  /** The connection: one of `node:tls` knows the certificate of the server. */
  readonly socket: object;
}

/** Sends requests of `http:` or `https:`, several at once, over connections that stay open between them; answers are streams. */
export interface HttpExchange {
  /** @throws Error with a `code` when there is no answer; the signal's reason when it is aborted. Redirects are answers */
  readonly ask: (question: HttpQuestion) => Promise<StreamedAnswer>;
}

export interface ExchangeOptions {
  /** Without a sign from the other side it is given up after this time. Default 60 s. */
  readonly silenceMs?: number;
  /** Default 8. */
  readonly connections?: number;
}

export function openHttpExchange({ silenceMs = 60_000, connections = 8 }: ExchangeOptions = {}): HttpExchange {
  const speakers = new Map<string, Promise<Speaker>>();
  return {
    ask: async (question) => {
      question.signal?.throwIfAborted();
      const { protocol } = new URL(question.url);
      const speaker = speakers.get(protocol) ?? speakerOf(protocol, connections);
      speakers.set(protocol, speaker);
      return ask(question, await speaker, silenceMs);
    },
  };
}

interface Speaker {
  readonly begin: typeof request;
  readonly agent: Agent;
}

/** Loaded when first spoken, as in http.ts. A connection that nobody uses does not keep the process. */
async function speakerOf(protocol: string, connections: number): Promise<Speaker> {
  const { request: begin, Agent: Connections } = await (protocol === 'https:' ? import('node:https') : import('node:http'));
  return { begin, agent: new Connections({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections }) };
}

function ask({ url, method, headers, body, signal }: HttpQuestion, { begin, agent }: Speaker, silenceMs: number): Promise<StreamedAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === null ? {} : { 'content-length': String(body.byteLength) };
    const sent = begin(url, { method, headers: { ...headers, ...length }, agent, ...(signal !== undefined && { signal }) });
    sent.setTimeout(silenceMs, () => sent.destroy(Object.assign(new Error(`silent for ${silenceMs} ms`), { code: 'ETIMEDOUT' })));
    sent.once('response', (answer) => {
      const named = Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]);
      resolve({
        status: answer.statusCode ?? 0,
        headers: Object.fromEntries(named) as StreamedAnswer['headers'],
        body: answer,
        socket: answer.socket,
      });
    });
    sent.on('error', (error) => reject(signal?.aborted === true ? (signal.reason as Error) : error));
    sent.end(body ?? undefined);
  });
}

/** The whole of an answer. @throws Error when it is longer than the limit, in bytes */
export async function wholeAnswer(body: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > limit) throw new Error(`the answer is longer than ${limit} bytes`);
  }
  return Buffer.concat(chunks);
}
