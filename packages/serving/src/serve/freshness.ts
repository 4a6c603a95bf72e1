import type { FeatureServiceSpec } from '@tidegate/formats';
import type { OnlineStore } from '@tidegate/runtime';

/** How fresh a view in the online store is; times in milliseconds since 1970. */
export interface ViewFreshness {
  readonly view: string;
  /** The moment it was last refreshed for; null when it never was. */
  readonly asOfMs: number | null;
  /** The newest event of any entity; null when there is none. */
  readonly newestEventMs: number | null;
}

/** Reads the views of a service; the newest event of one is looked for only after it was written. */
export function freshnessReader(store: OnlineStore | null, features: FeatureServiceSpec | null): () => Promise<readonly ViewFreshness[]> {
  if (store === null || features === null) return async () => [];
  const known = new Map<string, { readonly revision: number; readonly newestEventMs: number | null }>();
  return () =>
    Promise.all(
      features.views.map(async ({ name, version }) => {
        const progress = await store.progress(version);
        if (progress === null) return { view: name, asOfMs: null, newestEventMs: null };
        const { revision, asOfUs } = progress;
        const before = known.get(name);
        const newestUs = before?.revision === revision ? null : await store.newestEvent(version);
        const newestEventMs = before?.revision === revision ? before.newestEventMs : newestUs === null ? null : newestUs / 1000;
        known.set(name, { revision, newestEventMs });
        return { view: name, asOfMs: asOfUs === null ? null : asOfUs / 1000, newestEventMs };
      }),
    );
}
