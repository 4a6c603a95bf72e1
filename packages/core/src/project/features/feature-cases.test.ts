import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaints, makeTestProject } from '../test-project.ts';
import { shop } from '../test-shop.ts';

const only = ['tests.features'];

const withCases = (): { readonly [path: string]: string } => ({
  ...shop(),
  'tidegate.yaml': `${shop()['tidegate.yaml'] ?? ''}tests: { features: { cases: cases.yaml } }\n`,
  'cases.yaml': `view: weather
given: { weather: [{ town: Ulm, moment: 2024-01-01T00:00:00Z, rain: 3 }] }
expect: [{ town: Ulm, rain: 3 }]
`,
});

test('cases of features are not run again for other rows of the same columns, and are for a column of another type', async (t) => {
  const project = makeTestProject(t, withCases());
  const [header, ...rows] = (shop()['data/weather.csv'] ?? '').split('\n');
  const first = await project.run({ only });
  project.write({ 'data/weather.csv': [header, ...rows.slice(20)].join('\n') });

  const otherRows = await project.run({ only });
  project.write({ 'data/weather.csv': [header, ...rows.map((row) => (row === '' ? row : `${row}.5`))].join('\n') });
  const otherType = await project.run({ only });

  assert.equal(first.record.status, 'succeeded', complaints(first));
  assert.deepEqual(
    [first, otherRows, otherType].map(({ record }) => record.steps.find(({ kind }) => kind === 'feature-cases')?.status),
    ['done', 'hit', 'done'],
  );
});
