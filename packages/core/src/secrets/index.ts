export { bucketKeys } from './bucket-keys.ts';
export { hashKey } from './hash-key.ts';
export { keyFile } from './key-file.ts';
export { openSecrets } from './open-secrets.ts';
export { type FindSecret, requireSecret } from './secret-value.ts';
