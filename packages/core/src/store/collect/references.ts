import { type Digest, TidegateError } from '@tidegate/formats';
import type { FolderObjectStore } from '../objects/folder-object-store.ts';
import { type StandsFor, standsFor } from '../state/replacements.ts';
import type { State } from '../state/state.ts';
import { digestsIn } from './digests-in.ts';

/** Which objects lead to which. Each record is read once. */
export interface References {
  /**
   * These objects and everything that they lead to; what is not in the store is among them.
   *
   * @param project the one that names them: what it has forgotten rows of leads to what stands in its place, and for no other. Null = it is not known who does
   */
  readonly closureOf: (digests: Iterable<Digest>, project: string | null) => Promise<ReadonlySet<Digest>>;
}

/** What a record names: other records, and files, which lead nowhere. */
interface Named {
  readonly records: readonly Digest[];
  readonly files: readonly Digest[];
}

const nothing: Named = { records: [], files: [] };

/**
 * A record leads to whatever it names, so that no kind of record can be forgotten here. Two lead less far: a tree to its files, which are
 * not looked into, and a key record to nothing, for it says what went in and is kept without it; a part of a profile names nothing. A model version leads to its
 * reference profile as well, which the state names. What had rows that were forgotten leads its project to what stands in its place.
 */
export function references(store: Pick<FolderObjectStore, 'recordText'>, state: State, standing: StandsFor = standsFor(state)): References {
  const known = new Map<Digest, Named>();
  const namedBy = async (digest: Digest): Promise<Named> => {
    const found = known.get(digest) ?? (await read(store, digest));
    known.set(digest, found);
    return found;
  };
  return {
    closureOf: async (digests, project) => {
      const followed = new Set<Digest>();
      const files = new Set<Digest>();
      const waiting = [...digests];
      for (let asked = waiting.pop(); asked !== undefined; asked = waiting.pop()) {
        for (const digest of standing(asked, project)) {
          if (followed.has(digest)) continue;
          followed.add(digest);
          const named = await namedBy(digest);
          waiting.push(...named.records, ...referenceProfiles(state, digest));
          for (const file of named.files) files.add(file);
        }
      }
      return new Set([...followed, ...files]);
    },
  };
}

/** A value of a user's that looks like a digest names nothing. */
const leadNowhere = ['"format":"tidegate.key/', '"format":"tidegate.profile-part/'];

async function read(store: Pick<FolderObjectStore, 'recordText'>, digest: Digest): Promise<Named> {
  const text = await store.recordText(digest).catch((error: unknown) => {
    if (error instanceof TidegateError) return null; // damaged: it leads nowhere, and is told when somebody reads it
    throw error;
  });
  if (text === null || !text.includes('"format":"tidegate.') || leadNowhere.some((format) => text.includes(format))) return nothing;
  const named = [...digestsIn(text)];
  if (text.endsWith('"format":"tidegate.tree/2"}')) return byFolder(text, named);
  return text.includes('"format":"tidegate.tree/') ? { records: [], files: named } : { records: named, files: [] };
}

/** Of a folder, the folders in it and the parts that it was cut into are records of their own. */
function byFolder(text: string, named: readonly Digest[]): Named {
  if (text.startsWith('{"buckets":')) return { records: named, files: [] };
  const folders = new Set([...text.matchAll(/"folder":"(sha256:[0-9a-f]{64})"/g)].map(([, folder]) => folder));
  return { records: named.filter((digest) => folders.has(digest)), files: named.filter((digest) => !folders.has(digest)) };
}

function referenceProfiles(state: State, modelVersion: Digest): readonly Digest[] {
  const row = state.prepare('SELECT digest FROM drift_reference WHERE model_version = ?').get(modelVersion);
  return row === undefined ? [] : [...digestsIn(String(row['digest']))];
}
