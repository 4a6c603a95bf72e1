import { resolve } from 'node:path';
import { failure } from '@tidegate/formats';
import type { RemotePlace } from '../../config/index.ts';
import { bucketKeys, type FindSecret, requireSecret } from '../../secrets/index.ts';
import { folderFiles, httpFiles, type RemoteFiles, s3Files } from '../../store/index.ts';

/** The secret with the token for a server that is named without one. */
const usualToken = 'TIDEGATE_REMOTE_TOKEN';

/**
 * Reads where a remote is from one text: `s3://BUCKET/PREFIX?region=…&endpoint=…&profile=…`, `http://…` or `https://…` of a server, else a folder.
 *
 * @throws TG-CLI-USAGE for an address that is none
 */
export function placeOf(text: string): RemotePlace {
  if (/^https?:\/\//.test(text)) return { kind: 'http', url: addressIn(text).href.replace(/\/$/, ''), token: { secret: usualToken } };
  if (!text.startsWith('s3://')) return { kind: 'folder', folder: text };
  const { hostname, pathname, searchParams } = addressIn(text);
  const one = (name: string): string | null => searchParams.get(name);
  const unknown = [...searchParams.keys()].find((name) => !['region', 'endpoint', 'profile'].includes(name));
  if (unknown !== undefined || hostname === '') throw noAddress(text);
  const prefix = decodeURIComponent(pathname).replaceAll(/^\/+|\/+$/g, '');
  const own = { region: one('region'), endpoint: one('endpoint'), profile: one('profile'), pathStyle: null, keys: null };
  return { kind: 's3', bucket: hostname, prefix, ...own };
}

function addressIn(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.password !== '') throw noAddress(text);
  return url;
}

function noAddress(text: string): Error {
  const shown = text.replace(/\/\/[^/@]*@/, '//…@');
  return failure(
    'TG-CLI-USAGE',
    `Cannot use "${shown}" as a remote: it is no address of one`,
    'Name a folder, "s3://BUCKET/PREFIX?region=REGION&endpoint=ADDRESS", or "https://HOST:PORT" with its token in TIDEGATE_REMOTE_TOKEN',
  );
}

export interface PlaceParts {
  /** The project's folder: what a folder of a remote is relative to. */
  readonly root: string;
  readonly secret: FindSecret;
}

/** The files of a remote; secrets are asked for when they are first needed. */
export function filesAt(place: RemotePlace, { root, secret }: PlaceParts): RemoteFiles {
  switch (place.kind) {
    case 'folder':
      return folderFiles(resolve(root, place.folder));
    case 'http':
      return httpFiles({ url: place.url, token: () => requireSecret(secret, place.token.secret, 'reach the remote') });
    case 's3':
      return s3Files({ ...place, keys: bucketKeys(place, secret) });
  }
}
