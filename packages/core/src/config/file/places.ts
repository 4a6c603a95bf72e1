import { shape } from '@tidegate/formats';
import { secret } from './command.ts';
import { pace } from './pace.ts';
import { patterns } from './path.ts';
import { size } from './quantity.ts';
import { withheld } from './withheld.ts';

const filled = (wants: string, description: string): shape.Shape<string> => shape.text({ pattern: /\S/, wants, description });

const textOrSecret = (description: string): shape.Shape<string | { readonly secret: string }> =>
  shape.described(
    shape.either(filled('a text', description), secret, (value) => (typeof value === 'object' && value !== null ? 'second' : 'first')),
    description,
  );

/** What stands in the file for good. */
const inGit = 'what stands in tidegate.yaml is in the history of Git';
const hint = 'Change the value, keep the new one as a secret, and write { secret: NAME }';

const onlySecret = (description: string): shape.Shape<{ readonly secret: string }> =>
  shape.described(
    withheld(secret, (value) => typeof value === 'string', { wants: `must name a secret, and not hold it: ${inGit}`, hint }),
    description,
  );

/** What says where a bucket is, and by which keys it is reached. */
const bucketMembers = {
  bucket: shape.required(
    shape.text({ pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, wants: 'the name of a bucket', description: 'Name of the bucket.' }),
  ),
  region: shape.optional(
    filled('a region', 'Region of the bucket. Default: AWS_REGION, then the profile; us-east-1 where an endpoint is given.'),
  ),
  endpoint: shape.optional(
    shape.text({
      pattern: /^https?:\/\/[^/@\s]+$/,
      wants: 'an address such as "https://s3.example.com"',
      description: 'Address of a server that speaks S3. Default: that of AWS.',
    }),
  ),
  path_style: shape.optional(
    shape.described(
      shape.boolean(),
      'Whether the bucket is a part of the path and not of the host. Default: it is where an endpoint is given.',
    ),
  ),
  profile: shape.optional(filled('a profile', "Profile of AWS's own files. Default: AWS_PROFILE, then default.")),
  access_key: shape.optional(
    textOrSecret('Access key, or a secret by its name. Default: AWS_ACCESS_KEY_ID, a profile, the role of the machine.'),
  ),
  secret_key: shape.optional(onlySecret('Secret key, as a secret by its name; it goes with "access_key".')),
  session_token: shape.optional(onlySecret('Token of temporary keys, as a secret by its name.')),
};

/** A prefix in a bucket, without a slash at either end. */
const prefix: shape.Shape<string> = shape.text({
  pattern: /^[^/\s](?:.*[^/\s])?$/,
  wants: 'a prefix without "/" at either end',
  description: 'What the names in the bucket begin with. Default: nothing.',
});

/** An address that a token may be sent to. */
const httpAddress = withheld(
  shape.text({
    pattern: /^https?:\/\/[^/@\s?#]+(?:\/[^\s#]*)?$/,
    wants: 'an address such as "https://host:8470"',
    description: 'Address of the server.',
  }),
  (value) => typeof value === 'string' && /^[a-z]+:\/\/[^/]*@/.test(value),
  { wants: `must hold no password: ${inGit}`, hint },
);

/** `remote.s3` */
export const remoteBucket = shape.object(
  { ...bucketMembers, prefix: shape.optional(prefix) },
  { description: 'A bucket of S3, or of a server that speaks the same and knows conditional writes.' },
);

/** `remote.http` */
export const remoteServer = shape.object(
  { url: shape.required(httpAddress), token: shape.required(onlySecret('The token for it, as a secret by its name.')) },
  { description: 'A server of Tidegate.' },
);

const every = shape.optional(pace('How often "tidegate up" looks for other files, and takes them along the path. Default: 1h.'));

/** `data.NAME.from.s3` */
export const bucketSource = shape.object(
  {
    ...bucketMembers,
    prefix: shape.optional(prefix),
    objects: shape.optional(patterns('Names of objects below the prefix: a name or pattern, or a list of them. Default: all.')),
    every,
  },
  { description: 'Objects of S3, or of a server that speaks the same; those that did not change are not read again.' },
);

/** `data.NAME.from.http` */
export const httpSource = shape.object(
  {
    url: shape.optional(httpAddress),
    urls: shape.optional(shape.described(shape.list(httpAddress, { minimum: 1 }), 'Addresses of several files. Either this or "url".')),
    token: shape.optional(onlySecret('A token that is sent as "Authorization: Bearer", as a secret by its name.')),
    most: shape.optional(size('Longest file that is taken. Default: 100GB.')),
    every,
  },
  { description: 'Files of the web; one that did not change is not read again.' },
);
