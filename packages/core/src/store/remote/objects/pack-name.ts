import { type Digest, hexOf, type Zone } from '@tidegate/formats';

/** Where a pack of a zone lies: each zone has a folder of its own, so that the permissions of a place can hold it to that. */
export function packName(zone: Zone, pack: Digest): string {
  return `packs/${zone}/${hexOf(pack).slice(0, 2)}/${hexOf(pack).slice(2)}`;
}

/** Where an object lies that is a file of its own, as in version 1. */
export function objectFileName(digest: Digest): string {
  return `objects/${hexOf(digest).slice(0, 2)}/${hexOf(digest).slice(2)}`;
}
