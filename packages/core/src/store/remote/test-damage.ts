import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, hexOf } from '@tidegate/formats';

/** Where an object lies in a remote's folder. */
export function objectFile(remote: string, digest: Digest): string {
  return join(remote, 'objects', hexOf(digest).slice(0, 2), hexOf(digest).slice(2));
}

/** Gives a stored object other bytes, by default as many as `tide` has. */
export function damageObject(remote: string, digest: Digest, bytes = 'tidE'): void {
  chmodSync(objectFile(remote, digest), 0o644);
  writeFileSync(objectFile(remote, digest), bytes);
}
