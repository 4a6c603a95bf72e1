import { createHash, timingSafeEqual } from 'node:crypto';
import { type ErrorCode, failure, type TidegateError } from '@tidegate/formats';
import type { HttpCall } from '../../platform/index.ts';

/**
 * Why a call is not answered; null when it is. The page is for this machine: a name that somebody's DNS leads here is not ours
 * (`Host`), nor is a page of somebody else that a browser has open (`Origin`). Whoever writes shows the token, and sends JSON, which no form can.
 */
export function refusalOf(
  call: HttpCall,
  { address, token }: { readonly address: string | null; readonly token: string },
): TidegateError | null {
  const { host, origin, authorization, 'content-type': type } = call.headers;
  const port = address?.slice(address.lastIndexOf(':')) ?? '';
  const own = ['127.0.0.1', 'localhost'].map((name) => `${name}${port}`);
  if (host === undefined || !own.includes(host.toLowerCase()))
    return refused('TG-LOOP-FOREIGN', `Cannot answer for the host ${quoted(host)}: this is ${own[0]}`, `Use ${address}`);
  if (origin !== undefined && !own.some((name) => origin.toLowerCase() === `http://${name}`))
    return refused('TG-LOOP-FOREIGN', `Cannot answer a page of ${quoted(origin)}`, `Open ${address} itself`);
  if (call.method === 'GET' || call.method === 'HEAD') return null;
  if (authorization === undefined || !isSame(authorization, `Bearer ${token}`))
    return refused(
      'TG-LOOP-TOKEN',
      `Cannot write: ${authorization === undefined ? 'the request shows no token' : 'the token is another one'}`,
      'Send "authorization: Bearer TOKEN"; the file with the token is named by "tidegate status --json"',
    );
  if (type === undefined || !/^application\/json\s*(?:;|$)/i.test(type))
    return refused('TG-LOOP-MEDIA', `Cannot read a body of type ${quoted(type)}`, 'Send JSON with "content-type: application/json"');
  return call.body === null
    ? refused('TG-LOOP-TOO-LONG', 'Cannot take the body: it is longer than 8 MiB', 'Send the rows in several requests')
    : null;
}

function refused(code: ErrorCode, message: string, hint: string): TidegateError {
  return failure(code, message, hint);
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'of none' : JSON.stringify(text.slice(0, 100));
}

/** Takes as long whatever the token. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
