import type { Reply } from './reply.ts';

/** What a handler of a body is given. */
export interface Posted {
  readonly bytes: Buffer;
  /** `Content-Type` and `Accept`; null where the caller does not say. */
  readonly type: string | null;
  readonly accept: string | null;
  /** Bytes of the JSON that the body begins with, where binary tensors may follow: `Inference-Header-Content-Length`; null where nothing is said. */
  readonly jsonBytes: number | null;
  /** Whether the connection has been closed by the other side. */
  readonly isGone: () => boolean;
}

/** One path and what it answers. Handlers throw a failure to answer with it. */
export interface Endpoint {
  /** For metrics: one name for all paths that mean the same. */
  readonly name: string;
  readonly get?: () => Reply | Promise<Reply>;
  readonly post?: (posted: Posted) => Promise<Reply>;
  /** Whether binary tensors may follow its JSON. Default false. */
  readonly binary?: true;
  /** Whether it takes a body of this `Content-Type`. Default: JSON only. */
  readonly takes?: (type: string) => boolean;
}

/** By path, without the query. */
export type Endpoints = ReadonlyMap<string, Endpoint>;

/** The methods an endpoint takes, for the header `Allow`. */
export function methodsOf(endpoint: Endpoint): string {
  return [...(endpoint.get ? ['GET', 'HEAD'] : []), ...(endpoint.post ? ['POST'] : [])].join(', ');
}
