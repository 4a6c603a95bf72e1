import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { failure, nearest } from '@tidegate/formats';
import { type Endpoint, type Endpoints, methodsOf } from './endpoint.ts';
import { bodyBudget, type BodyHold } from './body-budget.ts';
import { jsonBytesOf } from './json-bytes.ts';
import { isJson, readBody } from './read-body.ts';
import { failureReply, type Reply } from './reply.ts';

export interface HandlerOptions {
  /** Bytes of one body. */
  readonly bodyLimit: number;
  /** Bytes of all bodies that are not answered yet. */
  readonly bodiesLimit: number;
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
  const newHold = bodyBudget(options.bodiesLimit);
  let inProgress = 0;
  const listener: RequestListener = (request, response) => {
    const started = performance.now();
    const path = pathOf(request.url ?? '/');
    const endpoint = endpoints.get(path);
    const hold = newHold();
    inProgress++;
    response.once('close', () => {
      inProgress--;
      hold.release();
    });
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
      if (request.method === 'POST' && inProgress > options.requestLimit) throw tooManyRequests(inProgress - 1);
      const reply = answer(endpoint, request, { path, hold, bodyLimit: options.bodyLimit });
      if (reply instanceof Promise) reply.then(finish, fail);
      else finish(reply);
    } catch (error) {
      fail(error);
    }
  };
  return { listener, inProgress: () => inProgress };
}

interface Place {
  readonly path: string;
  readonly hold: BodyHold;
  readonly bodyLimit: number;
}

function answer(endpoint: Endpoint, request: IncomingMessage, place: Place): Reply | Promise<Reply> {
  const { method = '' } = request;
  if (method === 'POST' && endpoint.post !== undefined)
    return post(endpoint.post, request, { ...place, takes: endpoint.takes ?? isJson, binary: endpoint.binary === true });
  request.resume();
  if ((method === 'GET' || method === 'HEAD') && endpoint.get !== undefined) return endpoint.get();
  return wrongMethod(method, place.path, endpoint);
}

async function post(
  handler: NonNullable<Endpoint['post']>,
  request: IncomingMessage,
  { hold, bodyLimit, takes, binary }: Place & { readonly takes: (type: string) => boolean; readonly binary: boolean },
): Promise<Reply> {
  const jsonBytes = jsonBytesOf(request.headers, binary);
  const bytes = await readBody(request, { limit: bodyLimit, hold, takes: jsonBytes === null ? takes : () => true });
  const { 'content-type': type = null, accept = null } = request.headers;
  return handler({ bytes, type, accept, jsonBytes, isGone: () => request.socket.destroyed });
}

function tooManyRequests(count: number): Error {
  return failure('TG-SERVING-OVERLOADED', `Cannot take the request: ${count} are in progress`, 'Send it again in a second');
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
