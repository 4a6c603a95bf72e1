import { type Check, membersOf, type Report } from './draft.ts';

/** A remote is in one place, and keys of a bucket come in pairs. */
export const checkPlaces: Check = (draft, report) => {
  const { remote } = draft;
  if (remote !== undefined) {
    const given = (['folder', 's3', 'http'] as const).filter((kind) => kind in remote);
    if (given.length !== 1)
      report(['remote'], {
        code: 'TG-CONFIG-INVALID',
        message: `"remote" must have one of "folder", "s3" and "http": found ${given.length === 0 ? 'none' : given.join(' and ')}`,
        hint: given.length === 0 ? 'Add "folder:" with a folder, "s3:" with a bucket, or "http:" with an address' : 'Keep one of them',
      });
    checkKeys(remote.s3, ['remote', 's3'], report);
  }
  for (const [name, dataset] of membersOf(draft.data)) {
    const { s3, http } = dataset?.from ?? {};
    checkKeys(s3, ['data', name, 'from', 's3'], report);
    if (http !== undefined && 'url' in http === 'urls' in http)
      report(['data', name, 'from', 'http'], {
        code: 'TG-CONFIG-INVALID',
        message: `"data.${name}.from.http" must have either "url" or "urls": found ${'url' in http ? 'both' : 'neither'}`,
        hint: 'url' in http ? 'Delete one' : 'Add "url:" with the address of a file',
      });
  }
};

function checkKeys(bucket: Keys | undefined, path: readonly string[], report: Report): void {
  if (bucket === undefined) return;
  const missing = 'access_key' in bucket ? !('secret_key' in bucket) && 'secret_key' : 'secret_key' in bucket && 'access_key';
  if (missing === false) return;
  report(path, {
    code: 'TG-CONFIG-INVALID',
    message: `"${path.join('.')}" has one key of two: "${missing}" is missing`,
    hint: `Add "${missing}: { secret: NAME }", or delete the other for the keys that AWS's own tools use`,
  });
}

interface Keys {
  readonly access_key?: unknown;
  readonly secret_key?: unknown;
}
