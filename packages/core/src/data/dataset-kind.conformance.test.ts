import { type StepKindSituation, stepKindConformance } from '../pipeline/step-kind.conformance.ts';
import { datasetKind } from './dataset-kind.ts';
import { datasetNodes } from './dataset-nodes.ts';

const contract = (query: string): string => `
apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties: [{ name: n, logicalType: integer, required: true }]
    quality: [{ name: total, type: sql, query: '${query}', mustBeGreaterThan: 0 }]
`;

function situation(csv: string, query = 'SELECT sum(n) FROM {object}'): StepKindSituation {
  const from = { files: ['t.csv'] };
  const [node] = datasetNodes({ data: { t: { from, contract: 't.odcs.yaml', time: null, holdout: 0.3 } } });
  if (node === undefined) throw new Error('Cannot find the step');
  return { node, files: { 't.csv': csv, 't.odcs.yaml': contract(query) } };
}

const rows = `n,s\n${Array.from({ length: 200 }, (_, index) => `${index},text ${index % 7}\n`).join('')}`;

stepKindConformance('dataset', () => ({
  kind: () => datasetKind(),
  works: situation(rows),
  changed: situation(`${rows}200,more\n`),
  broken: { ...situation(''), code: 'TG-DATA-FILE-EMPTY' },
  endless: situation(rows, 'SELECT sum(a.n * b.range * c.range) FROM {object} a, range(10000000) b, range(10000000) c'),
}));
