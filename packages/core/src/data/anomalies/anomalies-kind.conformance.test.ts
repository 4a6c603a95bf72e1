import { digestOfHex } from '@tidegate/formats';
import { type StepKindSituation, stepKindConformance } from '../../pipeline/step-kind.conformance.ts';
import { readVersion } from '../read-version.ts';
import { anomaliesKind } from './anomalies-kind.ts';
import { anomalyNodes } from './anomaly-nodes.ts';
import { measureVersion } from './measures-of.ts';

/** A version with so many rows; `spoilt` is what lies in the place of its record. */
function situation(rows: number, spoilt?: unknown): StepKindSituation {
  const [node] = anomalyNodes({ data: { orders: {} } }, () => true);
  if (node === undefined) throw new Error('Cannot find the step');
  return {
    node,
    artifacts: async (store) => ({
      'data.orders/version': { kind: 'file', files: 1, ...(await store.putJson(spoilt ?? versionWith(rows))) },
    }),
  };
}

function versionWith(rows: number): object {
  return {
    format: 'tidegate.dataset-version/1',
    dataset: 'orders',
    tree: digestOfHex('1'.repeat(64)),
    fileFormat: 'csv',
    rows,
    bytes: rows,
    files: 1,
    columns: [],
    time: null,
    knownAt: {},
    profile: { format: 'tidegate.profile/1', rows, columns: [] },
    contract: null,
    checks: [],
    verdict: 'inconclusive',
  };
}

stepKindConformance('anomalies', () => ({
  kind: ({ store }) =>
    anomaliesKind({
      historyOf: async (dataset, version) => {
        const own = measureVersion(await readVersion(store, { digest: version }), {
          project: 'shop',
          version,
          at: '2026-11-30T12:00:00.000Z',
        });
        const others = [1010, 980, 1005, 1020, 990, 1000].map((rows, week) => ({
          ...own,
          version: digestOfHex(String(week).padStart(64, '0')),
          at: new Date(Date.UTC(2026, 9, 1 + 7 * week)).toISOString(),
          measures: own.measures.map((measure) => ({ ...measure, value: rows })),
        }));
        return { version: own, others, notes: [] };
      },
    }),
  works: situation(1000),
  changed: situation(400),
  broken: { ...situation(1000, { format: 'tidegate.dataset-version/9' }), code: 'TG-DATA-VERSION' },
  endless: null,
}));
