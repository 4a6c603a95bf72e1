import type { Project } from '../project.ts';

/** What the store of a home holds. */
export interface StoreInBrief {
  readonly folder: string;
  readonly small: ObjectCount;
  readonly files: ObjectCount;
  /** Results in the cache, of every project. */
  readonly results: number;
  readonly projects: number;
}

export interface ObjectCount {
  readonly objects: number;
  readonly bytes: number;
}

export function storeInBrief({ home, objects, state }: Project): StoreInBrief {
  const counts = { database: { objects: 0, bytes: 0 }, file: { objects: 0, bytes: 0 } };
  for (const { place, bytes } of objects.entries()) {
    counts[place].objects += 1;
    counts[place].bytes += bytes;
  }
  const count = state.prepare('SELECT count(*) AS results, count(DISTINCT project) AS projects FROM result').get();
  const { database: small, file: files } = counts;
  return { folder: home.objects, small, files, results: Number(count?.['results']), projects: Number(count?.['projects']) };
}
