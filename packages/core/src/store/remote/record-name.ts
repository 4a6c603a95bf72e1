import { failure, isZone, mayRead, type Zone } from '@tidegate/formats';

/** What a name says of who may read and write the record under it. */
interface Rights {
  /** Zone of whoever writes there; null where nobody does any more. */
  readonly writers: (zone: Zone) => boolean;
  readonly readers: (zone: Zone) => boolean;
}

const form = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/;

/**
 * - `results/ZONE/…`: written by runs of that zone, read by those of zones that are trusted no more.
 * - `results/ab/…`: from before there were zones; read as those of `branch`, written by nobody.
 * - `positions/ZONE/…`: how far sources were read, written and read as `results/ZONE/…`.
 * - `needs/ZONE/…`: what projects need, written by runs of that zone, read by all.
 * - `releases/…`, `deployments/…`, `tombstones/…`, `histories/…`: written by `main` and `release`, read by all.
 *
 * No name is of two sorts: a zone's is longer than two characters.
 */
function rightsOf(name: string): Rights {
  const [sort = '', second = ''] = name.split('/');
  if (!form.test(name)) throw new Error(`Cannot name a record "${name}"; please report this`);
  if (sort === 'results' && isZone(second)) return { writers: (zone) => zone === second, readers: (zone) => mayRead(zone, second) };
  if (sort === 'results' && /^[0-9a-f]{2}$/.test(second)) return { writers: () => false, readers: (zone) => mayRead(zone, 'branch') };
  if (sort === 'positions' && isZone(second)) return { writers: (zone) => zone === second, readers: (zone) => mayRead(zone, second) };
  if (sort === 'needs' && isZone(second)) return { writers: (zone) => zone === second, readers: () => true };
  if (['releases', 'deployments', 'tombstones', 'histories'].includes(sort))
    return { writers: (zone) => mayRead('main', zone), readers: () => true };
  throw new Error(`Cannot name a record "${name}": nothing says who may write it; please report this`);
}

/** Whether a run of that zone may read the record. */
export function mayReadRecord(zone: Zone, name: string): boolean {
  return rightsOf(name).readers(zone);
}

/** Whether a run of that zone may write the record. */
export function mayWriteRecord(zone: Zone, name: string): boolean {
  return rightsOf(name).writers(zone);
}

/** @throws TG-STORE-REMOTE-ZONE when a run of that zone may not read the record; Error (a bug) for a name that is none */
export function requireReadable(zone: Zone, name: string): void {
  if (!mayReadRecord(zone, name)) throw refused(zone, `read "${name}"`);
}

/** @throws TG-STORE-REMOTE-ZONE when a run of that zone may not write the record; Error (a bug) for a name that is none */
export function requireWritable(zone: Zone, name: string): void {
  if (!mayWriteRecord(zone, name)) throw refused(zone, `write "${name}"`);
}

function refused(zone: Zone, what: string): Error {
  return failure(
    'TG-STORE-REMOTE-ZONE',
    `Cannot ${what} in the remote: the run is of the zone "${zone}", which may not`,
    'Let a run of the zone that it belongs to do so; "zones" under "remote" in tidegate.yaml says which branch is of which zone',
  );
}
