import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Artifact, DatasetSchema } from '@tidegate/formats';
import { parseProject } from '../config/index.ts';
import type { StepNode } from '../pipeline/index.ts';
import { type StepKindHarness, type StepKindSituation, stepKindConformance } from '../pipeline/step-kind.conformance.ts';
import type { ObjectStore } from '../store/index.ts';
import { featureCasesKind } from './cases/feature-cases-kind.ts';
import { featureKind } from './feature-kind.ts';
import { featureCaseNodes, featureNodes } from './nodes.ts';
import { readDefinitions } from './read-definitions.ts';
import { makeDataset } from './test-datasets.ts';

const project = `version: 1
project: shop
data: { trips: { from: { files: trips.csv } } }
features: { definitions: features/ }
tests: { golden: { cases: tests/cases.yaml } }
`;
const files = {
  'tidegate.yaml': project,
  'trips.csv': '',
  'features/trip.yaml': `
entities:
  driver: { keys: [driver] }
views:
  past: { entity: driver, sql: past.sql, time: ended, ttl: 30d }
services:
  trip: { rows: rows.sql, id: id, time: planned, label: { column: late, known: ended }, request: [route], views: [past], split: { test: last 20% } }
`,
  'features/rows.sql': 'SELECT id, planned, driver, route, ended, late_by > 15 AS late FROM trips',
  'features/past.sql': 'SELECT driver, ended, late_by AS last FROM trips WHERE ended IS NOT NULL',
  'tests/cases.yaml': `
- name: the last delay of a driver
  view: past
  given: { trips: [{ id: 1, driver: d1, route: 2, planned: 2020-01-01T08:00:00Z, ended: 2020-01-01T09:00:00Z, late_by: 3 }] }
  expect: [{ driver: d1, last: 3 }]
`,
};
/** More rows than anybody waits for. */
const endless = 'SELECT driver, ended, sum(a.range * b.range) AS last FROM trips, range(10000000) a, range(10000000) b GROUP BY ALL';

type Changed = { readonly [path: string]: string };

/** The steps of the project with these files, on trips of so many rows. */
async function situation(
  pick: (nodes: readonly StepNode[]) => StepNode | undefined,
  changed: Changed,
  rows: number,
): Promise<StepKindSituation> {
  const node = pick(await nodesOf({ ...files, ...changed }));
  if (node === undefined) throw new Error('The project has no such step');
  return { node, files: { ...files, ...changed }, artifacts: (store, folder) => tripsOf(store, folder, rows) };
}

async function nodesOf(all: Changed): Promise<readonly StepNode[]> {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-definitions-'));
  try {
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { config } = parseProject(project, root);
    const definitions = await readDefinitions(root, 'features');
    return [...featureNodes(config, definitions), ...featureCaseNodes(config, definitions)];
  } finally {
    rmSync(root, { recursive: true });
  }
}

async function tripsOf(store: ObjectStore, folder: string, rows: number): Promise<{ readonly [input: string]: Artifact }> {
  const select = `SELECT i AS id, 'd' || (i % 7) AS driver, i % 5 AS route, TIMESTAMP '2020-01-01' + INTERVAL (i) HOUR AS planned,
    TIMESTAMP '2020-01-01' + INTERVAL (i + 2) HOUR AS ended, (hash(i) % 60)::INTEGER AS late_by FROM range(${rows}) t(i)`;
  const version = await makeDataset({ folder, store }, 'trips', { select });
  const columns = version.columns.map(({ name, physicalType }) => ({ name, type: 'string', physicalType }) as const);
  const schema: DatasetSchema = { format: 'tidegate.dataset-schema/1', dataset: 'trips', columns };
  const record = async (value: unknown): Promise<Artifact> => ({ kind: 'file', files: 1, ...(await store.putJson(value)) });
  return {
    'data.trips/version': await record(version),
    'data.trips/schema': await record(schema),
    'data.trips/files': { kind: 'tree', digest: version.tree, bytes: version.bytes, files: version.files },
  };
}

const named =
  (name: string) =>
  (nodes: readonly StepNode[]): StepNode | undefined =>
    nodes.find((node) => node.name === name);

stepKindConformance('features', async (): Promise<StepKindHarness> => ({
  kind: () => featureKind({ datasets: ['trips'] }),
  works: await situation(named('features.trip'), {}, 400),
  changed: await situation(named('features.trip'), {}, 500),
  broken: {
    ...(await situation(named('features.trip'), { 'features/past.sql': 'SELECT driver, ended, 1 AS last FROM journeys' }, 400)),
    code: 'TG-FEATURES-SQL-TABLE',
  },
  endless: await situation(named('features.trip'), { 'features/past.sql': endless }, 400),
}));

stepKindConformance('feature cases', async (): Promise<StepKindHarness> => ({
  kind: () => featureCasesKind({ datasets: ['trips'] }),
  works: await situation(named('tests.golden'), {}, 10),
  changed: await situation(named('tests.golden'), { 'features/past.sql': `${files['features/past.sql']} AND true` }, 10),
  broken: { ...(await situation(named('tests.golden'), { 'tests/cases.yaml': 'name: [' }, 10)), code: 'TG-CONFIG-YAML-SYNTAX' },
  endless: await situation(named('tests.golden'), { 'features/past.sql': endless }, 10),
  timed: ['report'],
}));
