import { Gauge, Histogram, type Registry } from 'prom-client';
import type { ViewAges } from '../predict/feature-cells.ts';
import type { LiveState } from './reports.ts';

/** Upper bounds in seconds: from a minute to a month, for views that are refreshed by the minute and by the week. */
const ageBuckets = [60, 300, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000];

export interface FeatureMetrics {
  readonly onAges: (ages: ViewAges) => void;
}

/** How old features are when they are looked up, and how fresh the online store is, by view. */
export function featureMetrics(registry: Registry, freshness: LiveState['freshness']): FeatureMetrics {
  freshnessGauge(
    registry,
    { name: 'tidegate_features_as_of_timestamp_seconds', help: 'The moment the view was last refreshed for' },
    async () => (await freshness()).map(({ view, asOfMs }) => ({ view, ms: asOfMs })),
  );
  freshnessGauge(
    registry,
    { name: 'tidegate_feature_newest_event_timestamp_seconds', help: 'The newest event of the view in the online store' },
    async () => (await freshness()).map(({ view, newestEventMs }) => ({ view, ms: newestEventMs })),
  );
  const histogram = new Histogram({
    name: 'tidegate_feature_age_seconds',
    help: 'From the event of what was looked up to the moment asked for, by view',
    labelNames: ['view'],
    buckets: ageBuckets,
    registers: [registry],
  });
  const byView = new Map<string, { readonly observe: (seconds: number) => void }>();
  const ofView = (view: string): { readonly observe: (seconds: number) => void } => {
    const known = byView.get(view) ?? histogram.labels(view);
    byView.set(view, known);
    return known;
  };
  return {
    onAges: ({ views, ms }) => {
      for (const [index, view] of views.entries()) {
        const of = ofView(view);
        for (const age of ms[index] ?? []) if (age !== null) of.observe(age / 1000);
      }
    },
  };
}

/** A view that was never refreshed has no value. */
function freshnessGauge(
  registry: Registry,
  { name, help }: { readonly name: string; readonly help: string },
  read: () => Promise<readonly { readonly view: string; readonly ms: number | null }[]>,
): void {
  new Gauge({
    name,
    help,
    labelNames: ['view'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { view, ms } of await read()) if (ms !== null) this.set({ view }, ms / 1000);
    },
  });
}
