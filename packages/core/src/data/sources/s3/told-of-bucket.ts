import { type ErrorCode, failure } from '@tidegate/formats';
import type { S3Fault } from '../../../platform/index.ts';
import { toldOfNetwork } from '../http/web.ts';

const codes: { readonly [kind in S3Fault['kind']]: ErrorCode } = {
  absent: 'TG-SOURCE-NOT-FOUND',
  settings: 'TG-SOURCE-ADDRESS',
  keys: 'TG-SOURCE-DENIED',
  denied: 'TG-SOURCE-DENIED',
  tls: 'TG-SOURCE-TLS',
  unreachable: 'TG-SOURCE-UNREACHABLE',
};

/** What is wrong with a bucket, as what it means for a source. */
export function toldOfBucket(title: string): {
  readonly fault: (fault: S3Fault, error: unknown) => Error;
  readonly broken: (error: unknown) => Error;
  readonly network: (error: unknown) => Error;
} {
  return {
    fault: ({ kind, found, hint }, error) => failure(codes[kind], `Cannot read ${title}: ${found}`, hint, error),
    broken: (error) =>
      failure('TG-SOURCE-BROKEN', `Cannot read ${title}: the connection broke off again and again`, 'Run the command again', error),
    network: (error) => toldOfNetwork(error, title),
  };
}
