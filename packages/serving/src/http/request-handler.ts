import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { failure, nearest } from '@tidegate/formats';
import { type Endpoint, type Endpoints, methodsOf } from './endpoint.ts';
import { readBody } from './read-body.ts';
import { failureReply, type Reply } from './reply.ts';

export interface HandlerOptions {
  /** Bytes of one body. */
  readonly bodyLimit: number;
  /** Requests with a body that are taken at once. */
  readonly requestLimit: number;
  readonly isDraining: () => boolean;
  readonly onRequest: (report: { readonly endpoint: string; readonly code: number; readonly seconds: number }) => void;
  readonly log: (text: string) => void;
}

export interface RequestHandler {
  readonly listener: RequestListener;
  /** Requests that are not answered yet. */
  readonly inProgress: () => number;
}

/** Finds the endpoint of each request, reads its body, writes its answer and counts it. */
export function requestHandler(endpoints: Endpoints, options: HandlerOptions): RequestHandler {
  let inProgress = 0;
  const listener: RequestListener = (request, response) => {
    const started = performance.now();
    const path = pathOf(request.url ?? '/');
    const endpoint = endpoints.get(path);
    inProgress++;
    response.once('close', () => inProgress--);
    const finish = (reply: Reply): void => {
      if (!response.destroyed) send(response, reply, options.isDraining());
      options.onRequest({ endpoint: endpoint?.name ?? 'unknown', code: reply.status, seconds: (performance.now() - started) / 1000 });
    };
    const fail = (error: unknown): void => {
      if (request.destroyed && response.destroyed) return;
      finish(failureReply(error, options.log));
    };
    try {
      if (endpoint === undefined) throw unknownPath(path, endpoints);
      if (request.method === 'POST' && endpoint.post !== undefined) {
        if (inProgress > options.requestLimit)
          throw failure('TG-SERVING-OVERLOADED', `Cannot take the request: ${inProgress - 1} are in progress`, 'Send it again in a second');
        post(endpoint.post, request, options.bodyLimit).then(finish, fail);
      } else if ((request.method === 'GET' || request.method === 'HEAD') && endpoint.get !== undefined) {
        request.resume();
        const reply = endpoint.get();
        if (reply instanceof Promise) reply.then(finish, fail);
        else finish(reply);
      } else finish(wrongMethod(request.method ?? '', path, endpoint));
    } catch (error) {
      fail(error);
    }
  };
  return { listener, inProgress: () => inProgress };
}

async function post(handler: NonNullable<Endpoint['post']>, request: IncomingMessage, limit: number): Promise<Reply> {
  const bytes = await readBody(request, limit);
  return handler({ bytes, isGone: () => request.socket.destroyed });
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function unknownPath(path: string, endpoints: Endpoints): Error {
  const near = nearest(path.slice(0, 200), [...endpoints.keys()]);
  const hint = near === null ? 'Look at docs/reference/serving-api.md for the paths' : `Did you mean "${near}"?`;
  return failure('TG-SERVING-PATH', `Cannot find ${JSON.stringify(path.slice(0, 200))}`, hint);
}

function wrongMethod(method: string, path: string, endpoint: Endpoint): Reply {
  const allowed = methodsOf(endpoint);
  const reply = failureReply(failure('TG-SERVING-METHOD', `Cannot ${method} "${path}"`, `Use ${allowed}`), () => {});
  return { ...reply, headers: ['allow', allowed] };
}

function send(response: ServerResponse, { status, type, body, headers }: Reply, draining: boolean): void {
  const all = ['content-type', type, 'content-length', String(Buffer.byteLength(body))];
  if (headers !== undefined) all.push(...headers);
  if (draining) all.push('connection', 'close');
  response.writeHead(status, all);
  response.end(body);
}
