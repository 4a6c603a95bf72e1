import type { ProjectFile } from './file/project-file.ts';

type SecretReference = { readonly secret: string };

/** A bucket and how it is reached; null = as the SDK of AWS finds it. */
export interface BucketConfig {
  readonly bucket: string;
  readonly region: string | null;
  readonly endpoint: string | null;
  readonly pathStyle: boolean | null;
  readonly profile: string | null;
  readonly keys: {
    readonly accessKey: string | SecretReference;
    readonly secretKey: SecretReference;
    readonly sessionToken: SecretReference | null;
  } | null;
}

/** Where a remote is. */
export type RemotePlace =
  | { readonly kind: 'folder'; /** Absolute, or relative to the project. */ readonly folder: string }
  | ({ readonly kind: 's3'; /** Empty for the whole bucket. */ readonly prefix: string } & BucketConfig)
  | { readonly kind: 'http'; readonly url: string; readonly token: SecretReference };

type RemoteFile = NonNullable<ProjectFile['remote']>;

/** The place of a remote as its file says; exactly one is given by then. */
export function placeOfRemote({ folder, s3, http }: RemoteFile): RemotePlace {
  if (s3 !== undefined) return { kind: 's3', prefix: s3.prefix ?? '', ...bucketOf(s3) };
  if (http !== undefined) return { kind: 'http', url: http.url, token: http.token };
  return { kind: 'folder', folder: folder ?? '' };
}

export function bucketOf(file: Omit<NonNullable<RemoteFile['s3']>, 'prefix'>): BucketConfig {
  const { access_key: accessKey, secret_key: secretKey, session_token: sessionToken = null } = file;
  return {
    bucket: file.bucket,
    region: file.region ?? null,
    endpoint: file.endpoint ?? null,
    pathStyle: file.path_style ?? null,
    profile: file.profile ?? null,
    keys: accessKey === undefined || secretKey === undefined ? null : { accessKey, secretKey, sessionToken },
  };
}
