import type { BucketConfig } from '../config/index.ts';
import type { S3Place } from '../platform/index.ts';
import { type FindSecret, requireSecret } from './secret-value.ts';

/** The keys of a bucket, looked for when the first request is signed; null for those that the SDK of AWS finds. */
export function bucketKeys({ keys }: Pick<BucketConfig, 'keys'>, find: FindSecret): S3Place['keys'] {
  if (keys === null) return null;
  const value = (name: string): Promise<string> => requireSecret(find, name, 'reach the bucket');
  const { accessKey, secretKey, sessionToken } = keys;
  return async () => ({
    accessKey: typeof accessKey === 'string' ? accessKey : await value(accessKey.secret),
    secretKey: await value(secretKey.secret),
    sessionToken: sessionToken === null ? null : await value(sessionToken.secret),
  });
}
