import type { Project } from '../project.ts';

/** What the store of a home holds. */
export interface StoreInBrief {
  readonly folder: string;
  readonly small: ObjectCount;
  readonly files: ObjectCount;
  /** Objects that lie in pieces, with their own lengths; what packs take is less where they are alike. */
  readonly cold: ObjectCount;
  /** Results in the cache, of every project. */
  readonly results: number;
  readonly projects: number;
}

export interface ObjectCount {
  readonly objects: number;
  readonly bytes: number;
}

export function storeInBrief({ home, objects, state }: Project): StoreInBrief {
  const counts = { database: { objects: 0, bytes: 0 }, file: { objects: 0, bytes: 0 }, pack: { objects: 0, bytes: 0 } };
  for (const { place, bytes } of objects.entries()) {
    counts[place].objects += 1;
    counts[place].bytes += bytes;
  }
  const count = state.prepare('SELECT count(*) AS results, count(DISTINCT project) AS projects FROM result').get();
  const { database: small, file: files, pack: cold } = counts;
  return { folder: home.objects, small, files, cold, results: Number(count?.['results']), projects: Number(count?.['projects']) };
}
