import { networkFault } from '../network-fault.ts';
import { s3Address, type S3Place } from './s3-place.ts';

/** Why S3 did not do what it was asked, as a person understands it. */
export interface S3Fault {
  /**
   * `absent`: there is no such bucket; `settings`: region, clock or server are not as they must be; `keys`: they are wrong; `denied`: the account may
   * not; `tls`: the server cannot be trusted; `unreachable`: no answer, and later there may be one.
   */
  readonly kind: 'absent' | 'settings' | 'keys' | 'denied' | 'tls' | 'unreachable';
  readonly found: string;
  readonly hint: string;
}

interface Told {
  readonly place: S3Place;
  readonly name: string;
  readonly message: string;
  readonly fields: { readonly [name: string]: unknown };
}

/** By the names of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and of what networks and compatible servers add. */
const causes: { readonly [name: string]: (told: Told) => S3Fault } = {
  NoSuchBucket: ({ place }) => ({
    kind: 'absent',
    found: `there is no bucket "${place.bucket}"`,
    hint: `Make it, or correct the name: aws s3 mb s3://${place.bucket}`,
  }),
  InvalidBucketName: ({ place }) => ({
    kind: 'settings',
    found: `"${place.bucket}" can be no name of a bucket`,
    hint: 'Name one of 3 to 63 lower-case letters, digits, dots and hyphens',
  }),
  AccessDenied: ({ place }) => ({
    kind: 'denied',
    found: 'access is denied',
    hint: `Allow the account s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload, s3:ListMultipartUploadParts on ${s3Address(place)}/* and s3:ListBucket, s3:ListBucketMultipartUploads on s3://${place.bucket}`,
  }),
  SignatureDoesNotMatch: () => ({
    kind: 'keys',
    found: 'the secret key does not fit the access key',
    hint: 'Correct the secret key: AWS_SECRET_ACCESS_KEY, the profile, or the secret that "secret_key" names',
  }),
  InvalidAccessKeyId: () => ({
    kind: 'keys',
    found: 'the server knows no such access key',
    hint: 'Correct the access key: AWS_ACCESS_KEY_ID, the profile, or "access_key"; look which one is used: aws sts get-caller-identity',
  }),
  ExpiredToken: () => ({
    kind: 'keys',
    found: 'the temporary keys have ended',
    hint: 'Get new ones from whoever gave them, and run the command again',
  }),
  InvalidToken: () => ({
    kind: 'keys',
    found: 'the session token does not fit the keys',
    hint: 'Correct AWS_SESSION_TOKEN, or unset it for keys that have none',
  }),
  RequestTimeTooSkewed: ({ fields }) => ({
    kind: 'settings',
    found: `the clock of this machine is ${skewIn(fields)} the server's`,
    hint: 'Set the clock: timedatectl set-ntp true',
  }),
  PermanentRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
  CredentialsProviderError: () => ({
    kind: 'keys',
    found: 'there are no keys for it',
    hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a "profile", or give "access_key" and "secret_key"',
  }),
  NotImplemented: ({ message }) => ({
    kind: 'settings',
    found: `the server cannot do what is needed: ${message}`,
    hint: 'Take a server with conditional writes (If-None-Match, If-Match) and multipart uploads',
  }),
};

const sameCause: { readonly [name: string]: string } = {
  AccessDeniedException: 'AccessDenied',
  AllAccessDisabled: 'AccessDenied',
  Forbidden: 'AccessDenied',
  XAdminUserNotFound: 'InvalidAccessKeyId', // versitygw
  ExpiredTokenException: 'ExpiredToken',
  TokenRefreshRequired: 'ExpiredToken',
  InvalidClientTokenId: 'InvalidAccessKeyId',
  TokenProviderError: 'CredentialsProviderError',
};

/** What an error of the SDK means; it has tried again by itself what may pass. @param called what the server is called, for a person */
export function s3Fault(error: unknown, place: S3Place, called: string): S3Fault {
  const fields = typeof error === 'object' && error !== null ? (error as { readonly [name: string]: unknown }) : {};
  const name = String(fields['Code'] ?? fields['name'] ?? '');
  const message = error instanceof Error ? error.message : String(error);
  const cause = causes[sameCause[name] ?? name];
  if (cause !== undefined) return cause({ place, name, message, fields });
  if (message.includes('Region is missing'))
    return { kind: 'settings', found: 'it is not said in which region the bucket is', hint: 'Set "region", or AWS_REGION' };
  const network = networkFault(error, called);
  if (network !== null) return { kind: network.isTls ? 'tls' : 'unreachable', found: network.found, hint: network.hint };
  const status = statusOf(fields);
  if (status === 403) return causes['AccessDenied']?.({ place, name, message, fields }) ?? unclear(name, message);
  if (status === 301 || status === 307) return wrongRegion({ place, name, message, fields });
  return unclear(name, message);
}

function unclear(name: string, message: string): S3Fault {
  return {
    kind: 'unreachable',
    found: `${name === '' ? 'error' : name}: ${message}`,
    hint: 'Look whether the server is well, and try again',
  };
}

function wrongRegion({ place, fields }: Told): S3Fault {
  const region = fields['Region'] ?? headersOf(fields)['x-amz-bucket-region'];
  const right = typeof region === 'string' && region !== '' ? region : null;
  return {
    kind: 'settings',
    found: `the bucket is in another region than "${place.region ?? 'the default'}"${right === null ? '' : `: in "${right}"`}`,
    hint: right === null ? 'Name its region: aws s3api get-bucket-location' : `Set "region: ${right}", or AWS_REGION=${right}`,
  };
}

/** How far this machine is off, by the server's own words. */
function skewIn({ ServerTime }: Told['fields']): string {
  const seconds = Math.round((Date.now() - Date.parse(String(ServerTime))) / 1000);
  if (!Number.isFinite(seconds)) return 'too far from';
  return `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'}`;
}

function statusOf({ $metadata }: Told['fields']): number | null {
  const status = ($metadata as { readonly httpStatusCode?: unknown } | undefined)?.httpStatusCode;
  return typeof status === 'number' ? status : null;
}

function headersOf({ $response }: Told['fields']): { readonly [name: string]: unknown } {
  return ($response as { readonly headers?: { readonly [name: string]: unknown } } | undefined)?.headers ?? {};
}
