import type { Digest } from '@tidegate/formats';
import type { FoundObject } from '../index/remote-index.ts';
import type { Damaged } from '../index/root.ts';
import { StaleView } from '../index/stale-view.ts';

/** What was looked for in vain, while one piece of work looks at the index more than once. */
export interface Losses {
  /** Pieces whose pack is gone, once they were gone before as well: they are lost. @throws StaleView the first time: a newer index may name another pack */
  readonly among: (gone: readonly FoundObject[]) => readonly FoundObject[];
  /** The packs that are lost, as the index notes them: with all that lay in them. */
  readonly packs: () => readonly Damaged[];
}

export function lossesOf(address: string): Losses {
  const known = new Set<string>();
  const packs = new Set<Digest>();
  return {
    among: (gone) => {
      const keys = gone.map(({ digest, pack }) => `${digest} ${pack}`);
      const isFresh = keys.some((key) => !known.has(key));
      for (const key of keys) known.add(key);
      if (isFresh) throw new StaleView(`Cannot read the remote "${address}": its index names packs that are gone`);
      for (const { pack } of gone) packs.add(pack);
      return gone;
    },
    packs: () => [...packs].map((pack) => ({ digest: pack, pack })),
  };
}
