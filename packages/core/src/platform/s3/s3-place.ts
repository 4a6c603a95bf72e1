/** Keys of S3 as somebody keeps them outside of files of the SDK. */
export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Of temporary keys; null for others. */
  readonly sessionToken: string | null;
}

/** A part of a bucket: AWS's, or one of a server that speaks the same. */
export interface S3Place {
  readonly bucket: string;
  /** What the names of all objects begin with, without a slash at either end; empty for the whole bucket. */
  readonly prefix: string;
  /** Null: what the SDK finds in `AWS_REGION` or the profile, else `us-east-1`. */
  readonly region: string | null;
  /** Address of a compatible server; null: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, then that of AWS. */
  readonly endpoint: string | null;
  /** Whether the bucket is a part of the path and not of the host's name. Null: it is where an endpoint is given. */
  readonly pathStyle: boolean | null;
  /** Profile of the files of AWS; null: `AWS_PROFILE`, then `default`. */
  readonly profile: string | null;
  /** Asked when the first request is signed. Null: the SDK's own order, which begins with `AWS_ACCESS_KEY_ID` and profiles and ends with the machine's role. */
  readonly keys: (() => Promise<S3Keys>) | null;
}

/** For a person: no secret is in it. */
export function s3Address({ bucket, prefix }: Pick<S3Place, 'bucket' | 'prefix'>): string {
  return prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
}
