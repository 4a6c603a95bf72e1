import { createHash } from 'node:crypto';
import type { RowTombstone } from '@tidegate/formats';
import type { ForgottenRows, RowHashing } from '../../data/index.ts';
import { hashKey } from '../../secrets/index.ts';
import type { Project } from '../project.ts';
import { tombstonesOf } from './tombstones.ts';

/** What keys of forgotten rows of a dataset are hashed with, and how that secret is called in tombstones. */
export interface DatasetHashing extends RowHashing {
  /** The first 16 hexadecimal digits of the SHA-256 of the secret. */
  readonly name: string;
}

/** The secret is that of the hashes of secrets, so that machines which share `TIDEGATE_SECRET_KEY` know the same rows. @throws TG-SECRETS-KEY */
export async function rowHashingOf({ home, platform, name: project }: Project, dataset: string): Promise<DatasetHashing> {
  const secret = sha256(`tidegate.tombstone/1 ${await hashKey(home, platform)}`);
  return { secret, project, dataset, name: sha256(secret).slice(0, 16) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Rows that were forgotten and are left out of what sources give; null when none of the dataset was. @throws TG-SECRETS-KEY */
export async function forgottenRowsOf(project: Project, dataset: string): Promise<ForgottenRows | null> {
  const all = tombstonesOf(project, dataset);
  if (all.length === 0) return null;
  const hashing = await rowHashingOf(project, dataset);
  const known = all.filter(({ tombstone }) => tombstone.hashedWith === hashing.name).map(({ tombstone }) => tombstone);
  const sets = [...Map.groupBy(known, ({ columns }) => JSON.stringify(columns)).values()].map(oneSet);
  return sets.length === 0 ? null : { hashing, sets };
}

function oneSet(tombstones: readonly RowTombstone[]): ForgottenRows['sets'][number] {
  return { columns: tombstones[0]?.columns ?? [], hashes: [...new Set(tombstones.flatMap(({ keys }) => keys))].toSorted() };
}
