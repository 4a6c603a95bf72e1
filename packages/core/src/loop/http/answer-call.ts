import { errorEntry, failure, type Json, type JsonObject, TidegateError } from '@tidegate/formats';
import type { HttpCall, HttpReply } from '../../platform/index.ts';
import { failureOf } from '../failure-of.ts';
import type { Push } from '../feature-keeper.ts';
import type { Loop } from '../loop.ts';
import type { UpStatus } from '../status.ts';

import type { UpWords } from '../up-words.ts';
import { refusalOf } from './guard.ts';

export interface Served {
  readonly loop: Loop;
  readonly token: string;
  readonly words: UpWords;
  readonly own: Pick<UpStatus, 'address' | 'since'>;
}

type Endpoint = (served: Served, body: Json) => Promise<HttpReply>;

const endpoints: { readonly [path: string]: { readonly [method: string]: Endpoint } } = {
  '/': { GET: async ({ words, loop, own }) => page(words.page(await loop.status(own), loop.monitors())) },
  '/api/parts': { GET: async ({ words, loop, own }) => json(200, words.parts(await loop.status(own), loop.monitors())) },
  '/api/status': { GET: async ({ loop, own }) => json(200, await loop.status(own)) },
  '/run': {
    POST: async ({ loop }) => {
      loop.askForRun();
      return json(202, { asked: true });
    },
  },
  '/refresh': { POST: async ({ loop }) => json(200, await loop.refresh()) },
  '/check': { POST: async ({ loop }, body) => json(200, { checks: await loop.check(monitorsIn(body)) }) },
  '/push': { POST: async ({ loop }, body) => json(200, await loop.push(pushIn(body))) },
};

/** Answers one call of the live page and its API: docs/reference/up-api.md. Never throws. */
export async function answerCall(call: HttpCall, served: Served): Promise<HttpReply> {
  const refusal = refusalOf(call, { address: served.own.address, token: served.token });
  if (refusal !== null) return failed(refusal);
  const found = endpoints[call.path];
  const endpoint = found?.[call.method === 'HEAD' ? 'GET' : call.method];
  if (found === undefined || endpoint === undefined) return failed(notFound(call, found));
  try {
    return await endpoint(served, bodyOf(call));
  } catch (error) {
    return failed(error);
  }
}

function bodyOf({ method, body }: HttpCall): Json {
  if (method !== 'POST' || body === null || body === '') return {};
  try {
    return JSON.parse(body) as Json;
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw failure('TG-LOOP-BODY', `Cannot read the body: ${found}`, 'Send one JSON document');
  }
}

/** @throws TG-LOOP-BODY */
function pushIn(body: Json): Push {
  const { dataset, rows, batch = null, ...others } = membersOf(body);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrongBody(`there is no member "${unknown}"`);
  if (typeof dataset !== 'string') throw wrongBody('"dataset" must be the name of a dataset');
  if (!isList(rows)) throw wrongBody('"rows" must be a list of rows');
  if (batch !== null && typeof batch !== 'string') throw wrongBody('"batch" must be a text');
  return { dataset, rows, batch };
}

/** Names of monitors; none = all. @throws TG-LOOP-BODY */
function monitorsIn(body: Json): readonly string[] {
  const { monitors = [], ...others } = membersOf(body);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrongBody(`there is no member "${unknown}"`);
  if (!isList(monitors) || !monitors.every((name) => typeof name === 'string')) throw wrongBody('"monitors" must be a list of names');
  return monitors;
}

function membersOf(body: Json): JsonObject {
  if (typeof body !== 'object' || body === null || isList(body)) throw wrongBody('it must be an object');
  return body;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function wrongBody(found: string): TidegateError {
  return failure('TG-LOOP-BODY', `Cannot read the body: ${found}`, 'docs/reference/up-api.md lists the members of each endpoint');
}

function notFound({ method, path }: HttpCall, found: object | undefined): TidegateError {
  const known = Object.entries(endpoints).flatMap(([at, methods]) => Object.keys(methods).map((name) => `${name} ${at}`));
  const what =
    found === undefined ? `nothing is at ${JSON.stringify(path.slice(0, 100))}` : `${path} takes ${Object.keys(found).join(', ')}`;
  return failure('TG-LOOP-PATH', `Cannot answer ${method}: ${what}`, `There is: ${known.join(', ')}`);
}

function failed(error: unknown): HttpReply {
  const { code, message, hint } = failureOf(error);
  return json(error instanceof TidegateError ? statusOf(error) : 500, { error: message, code, hint });
}

/** A mistake of the caller has a status of its own or the exit code of one. */
function statusOf({ diagnostics: [{ code }] }: TidegateError): number {
  const { http, exit } = errorEntry(code);
  return http ?? (exit === 2 ? 400 : 500);
}

function json(status: number, value: unknown): HttpReply {
  return { status, headers: { ...plain, 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

function page(html: string): HttpReply {
  return { status: 200, headers: { ...plain, 'content-type': 'text/html; charset=utf-8' }, body: html };
}

const plain = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
};
