import type { IncomingMessage } from 'node:http';
import { failure, type TidegateError } from '@tidegate/formats';
import type { BodyHold } from './body-budget.ts';

export interface BodyOptions {
  /** Bytes. */
  readonly limit: number;
  readonly hold: BodyHold;
  /** Whether a body of this `Content-Type` is taken. */
  readonly takes: (type: string) => boolean;
}

/**
 * Collects the body of a request. Its bytes count as held until the hold is released.
 * @throws TG-SERVING-MEDIA, TG-SERVING-BODY-SIZE, TG-SERVING-OVERLOADED
 */
export function readBody(request: IncomingMessage, { limit, hold, takes }: BodyOptions): Promise<Buffer> {
  const refusal = refusalOf(request, { limit, takes });
  if (refusal !== null) return Promise.reject(refusal);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit) return reject(tooLarge(bytes, limit));
      if (!hold.take(chunk.length)) return reject(tooMuch());
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => {
      if (!request.complete) reject(new Error('The caller is gone'));
    });
  });
}

function refusalOf({ headers }: IncomingMessage, { limit, takes }: Pick<BodyOptions, 'limit' | 'takes'>): TidegateError | null {
  const type = headers['content-type'];
  if (type !== undefined && type !== 'application/json' && !takes(type))
    return notJson(`a body of type ${JSON.stringify(type.slice(0, 100))}`);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return notJson(`a body in the encoding ${JSON.stringify(encoding.slice(0, 100))}`);
  const bytes = Number(headers['content-length'] ?? 0);
  return bytes > limit ? tooLarge(bytes, limit) : null;
}

/** Whether a `Content-Type` is one of JSON. */
export function isJson(type: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type);
}

function notJson(found: string): TidegateError {
  return failure('TG-SERVING-MEDIA', `Cannot read ${found}`, 'Send plain JSON with "content-type: application/json"');
}

function tooLarge(bytes: number, limit: number): TidegateError {
  return failure(
    'TG-SERVING-BODY-SIZE',
    `Cannot take a body of ${bytes} bytes: the limit is ${limit}`,
    'Send the rows in several requests',
  );
}

function tooMuch(): TidegateError {
  return failure(
    'TG-SERVING-OVERLOADED',
    'Cannot take the request: the bodies of others fill the memory for them',
    'Send it again in a second',
  );
}
