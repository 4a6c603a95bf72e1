import { failure } from '@tidegate/formats';
import type { S3Fault } from '../../../platform/index.ts';

/** What is wrong with a bucket, as what it means for a remote. */
export function toldOfS3(address: string): {
  readonly reading: (fault: S3Fault, error: unknown) => Error;
  readonly writing: (fault: S3Fault, error: unknown) => Error;
  readonly broken: (error: unknown) => Error;
} {
  const reading = ({ kind, found, hint }: S3Fault, error: unknown): Error =>
    kind === 'unreachable' || kind === 'tls'
      ? failure('TG-STORE-REMOTE-UNREACHABLE', `Cannot reach the remote "${address}": ${found}`, hint, error)
      : failure('TG-STORE-REMOTE', `Cannot use "${address}" as a remote: ${found}`, hint, error);
  return {
    reading,
    writing: (fault, error) =>
      fault.kind === 'denied'
        ? failure('TG-STORE-REMOTE-NOT-WRITABLE', `Cannot write to the remote "${address}": ${fault.found}`, fault.hint, error)
        : reading(fault, error),
    broken: (error) =>
      reading(
        { kind: 'unreachable', found: 'it broke off again and again', hint: 'Look at the network, and run the command again' },
        error,
      ),
  };
}

export function unusableBucket(address: string, found: string): Error {
  return failure(
    'TG-STORE-REMOTE',
    `Cannot use "${address}" as a remote: ${found}`,
    'Name an empty bucket, or a prefix below which there is nothing: s3://BUCKET/PREFIX',
  );
}
