import { isZone, mayRead, type Zone } from '@tidegate/formats';
import { mayReadRecord, mayWriteRecord } from './record-name.ts';
import { markerName } from './remote-files.ts';

/** What somebody may do with a file of a remote, as its name says. */
export interface FileRights {
  readonly read: boolean;
  /** `once`: where nothing is. */
  readonly write: boolean | 'once';
  readonly remove: boolean;
}

/**
 * The rights of a zone, for a place that knows whose request it answers. Packs and indexes are written by their own zone and by more trusted ones, which tidy
 * up below, and read by all, for a digest says what bytes are; records go by their names; everything else is `main`'s and `release`'s to write.
 */
export function rightsOf(zone: Zone, name: string): FileRights {
  const isTrusted = mayRead('main', zone);
  if (name === markerName) return { read: true, write: isTrusted || 'once', remove: false };
  const [sort = '', second = ''] = name.split('/');
  if ((sort === 'packs' || sort === 'index') && isZone(second)) {
    const isOwn = mayRead(second, zone);
    return { read: true, write: isOwn, remove: isOwn };
  }
  if (sort === 'records') return rightsOfRecord(zone, name.slice('records/'.length).replace(/\.json$/, ''));
  return { read: true, write: isTrusted, remove: isTrusted };
}

function rightsOfRecord(zone: Zone, record: string): FileRights {
  const isTrusted = mayRead('main', zone);
  try {
    const write = mayWriteRecord(zone, record);
    return { read: mayReadRecord(zone, record), write, remove: write || isTrusted };
  } catch {
    return { read: isTrusted, write: isTrusted, remove: isTrusted }; // a name that no record has so far
  }
}
