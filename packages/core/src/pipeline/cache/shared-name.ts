import { type Digest, hexOf, readableZones, type Zone } from '@tidegate/formats';

/** A record that may hold the result of a key, and the zone that whoever wrote it was of. */
export interface SharedPlace {
  readonly name: string;
  readonly zone: Zone;
}

/** What a run of the zone writes the result of a key as. */
export function sharedName(zone: Zone, key: Digest): string {
  return `results/${zone}/${below(key)}`;
}

/** Where a run of the zone looks for the result of a key, the most trusted first. */
export function sharedPlaces(reader: Zone, key: Digest): readonly SharedPlace[] {
  return readableZones(reader).flatMap((zone) => {
    const place = { name: sharedName(zone, key), zone };
    return zone === 'branch' ? [place, { name: `results/${below(key)}`, zone }] : [place]; // of before there were zones
  });
}

function below(key: Digest): string {
  return `${hexOf(key).slice(0, 2)}/${hexOf(key).slice(2)}`;
}
