import type { Digest } from '@tidegate/formats';
import type { Replacements } from '../state/replacements.ts';
import type { ObjectStore } from './object-store.ts';

/**
 * A store in which whoever asks for a record that had rows which were forgotten gets the one in its place, so that lock files, runs and branches
 * from before lead to what is left.
 */
export function followReplaced(store: ObjectStore, { newest, all }: Replacements): ObjectStore {
  const followed = <T extends { readonly digest: Digest; readonly bytes: number | null }>(
    objects: readonly T[],
  ): {
    readonly wanted: readonly { readonly digest: Digest; readonly bytes: number | null }[];
    readonly asked: ReadonlyMap<Digest, Digest>;
  } => {
    const young = all();
    if (young.size === 0) return { wanted: objects, asked: new Map() };
    const asked = new Map(objects.flatMap(({ digest }) => (young.has(digest) ? [[young.get(digest) ?? digest, digest] as const] : [])));
    const wanted = objects.map(({ digest, bytes }) =>
      young.has(digest) ? { digest: young.get(digest) ?? digest, bytes: null } : { digest, bytes },
    );
    return { wanted, asked };
  };
  return {
    ...store,
    has: (digest) => store.has(newest(digest)),
    missing: async (objects) => {
      const { wanted, asked } = followed(objects);
      return (await store.missing(wanted)).map((digest) => asked.get(digest) ?? digest);
    },
    renew: async (digests) => {
      const { wanted, asked } = followed(digests.map((digest) => ({ digest, bytes: null })));
      return (await store.renew(wanted.map(({ digest }) => digest))).map((digest) => asked.get(digest) ?? digest);
    },
    fetch: async (objects) => {
      const { wanted, asked } = followed(objects);
      return (await store.fetch(wanted)).map((digest) => asked.get(digest) ?? digest);
    },
    readBytes: (digest) => store.readBytes(newest(digest)),
    readJson: (digest) => store.readJson(newest(digest)),
    readTree: (digest) => store.readTree(newest(digest)),
    contentsOf: (digest) => store.contentsOf(newest(digest)),
    checkOutTree: (digest, folder, options) => store.checkOutTree(newest(digest), folder, options),
  };
}
