import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitions, shop } from '../test-shop.ts';
import { complaints, makeTestProject, unattended } from '../test-project.ts';
import { judgeChange } from './judge-change.ts';

const asked = { base: 'main', head: null, jobs: 2, share: true, ...unattended };

const contract = (more: string, version = '1.0.0'): string => `apiVersion: v3.1.0
kind: DataContract
id: weather
version: ${version}
status: active
schema:
  - name: weather
    properties:
      - { name: town, logicalType: string, required: true }
      - { name: moment, logicalType: timestamp }
${more}`;

const rain = '      - { name: rain, logicalType: integer, required: true, logicalTypeOptions: { maximum: 20 } }\n';
const wind = '      - { name: wind, logicalType: integer }\n';

function weatherWithWind(): string {
  return (shop()['data/weather.csv'] ?? '').replace('town,moment,rain', 'town,moment,rain,wind').replaceAll(/(\d)\n(?=[A-Z]|$)/g, '$1,1\n');
}

const withoutWind = shop()['data/weather.csv'] ?? '';

test('a breaking change of a data contract stops until its version says it, and names the features, models and live services that its columns hit', async (t) => {
  const files = shop();
  const project = makeTestProject(t, {
    ...files,
    'tidegate.yaml': (files['tidegate.yaml'] ?? '').replace(
      'from: { files: data/weather.csv }',
      'from: { files: data/weather.csv }, contract: contracts/weather.odcs.yaml',
    ),
    'contracts/weather.odcs.yaml': contract(rain + wind),
    'data/weather.csv': weatherWithWind(),
    'features/delivery.yaml': definitions(['weather', 'load']),
  });
  const live = await project.run({ goal: 'production' });
  assert.equal(live.record.status, 'succeeded', complaints(live));
  project.commit('Pin what the first run has read');
  const judged = async (branch: string, changed: { readonly [path: string]: string }, base = 'main') => {
    project.git('switch', '--quiet', '--create', branch, base);
    project.write(changed);
    project.commit(branch);
    using opened = await project.open();
    const { contracts, verdict, run } = await judgeChange(opened, { ...asked, base });
    return { contracts, verdict, run };
  };
  const one = ({ contracts }: Awaited<ReturnType<typeof judged>>) => {
    const [found, ...more] = contracts;
    assert.deepEqual(more, []);
    return found ?? assert.fail('no data contract has changed');
  };

  const layout = await judged('layout', { 'contracts/weather.odcs.yaml': `# words\n${contract(rain + wind)}` });
  assert.deepEqual([layout.contracts, layout.verdict], [[], 'pass']);

  const unread = await judged('wind', { 'contracts/weather.odcs.yaml': contract(rain), 'data/weather.csv': withoutWind });
  assert.deepEqual([unread.run.verdict, unread.verdict], ['pass', 'fail']);
  const nobody = { views: [], features: [], steps: [], models: [], live: [] };
  assert.deepEqual(one(unread).hit, {
    datasets: ['weather'],
    ...nobody,
    byColumn: [{ dataset: 'weather', column: 'wind', ...nobody }],
  });
  assert.equal(
    one(unread).evidence.reason,
    'The data contract changes from 1.0.0 to 1.0.0 by a major change, which its version does not say: weather.wind: the property is gone; nothing of the project reads it',
  );

  const wider = await judged('wider', {
    'contracts/weather.odcs.yaml': contract(rain.replace('20', '30') + wind),
    'data/weather.csv': weatherWithWind().replace(/,\d,1\n/, ',25,1\n'),
  });
  assert.deepEqual([wider.run.verdict, wider.verdict, one(wider).diff?.level], ['pass', 'fail', 'major']);
  const readers = {
    views: ['weather'],
    features: ['delivery'],
    steps: ['train'],
    models: ['late'],
    live: [
      { service: 'delivery-api', environment: 'staging', model: 'late' },
      { service: 'delivery-api', environment: 'production', model: 'late' },
    ],
  };
  assert.deepEqual(one(wider).hit, {
    datasets: ['weather'],
    ...readers,
    byColumn: [{ dataset: 'weather', column: 'rain', ...readers }],
  });

  const both = await judged('both', {
    'contracts/weather.odcs.yaml': contract(rain.replace('20', '30')),
    'data/weather.csv': withoutWind.replace(/,\d\n/, ',25\n'),
  });
  assert.deepEqual(
    one(both).hit?.byColumn.map(({ column, features, live }) => [column, features, live.length]),
    [
      ['rain', ['delivery'], 2],
      ['wind', [], 0],
    ],
  );
  assert.match(
    one(wider).evidence.reason,
    /; it hits features\.delivery, steps\.train, models\.late, delivery-api, which is live in staging, delivery-api, which is live in production$/,
  );

  const unused = await judged('unused', { 'contracts/weather.odcs.yaml': contract(rain.replace('20', '30') + wind) });
  assert.deepEqual([unused.verdict, one(unused).diff?.level, one(unused).hit?.models], ['fail', 'major', ['late']]);

  const stronger = await judged('stronger', { 'contracts/weather.odcs.yaml': contract(rain.replace('20', '10') + wind) });
  assert.deepEqual([stronger.verdict, one(stronger).diff?.level, one(stronger).hit], ['pass', 'minor', null]);

  const declared = await judged('declared', {
    'contracts/weather.odcs.yaml': contract(rain.replace('20', '30') + wind, '2.0.0'),
    'data/weather.csv': weatherWithWind().replace(/,\d,1\n/, ',25,1\n'),
  });
  assert.deepEqual([declared.verdict, one(declared).diff?.level, one(declared).evidence.verdict], ['pass', 'major', 'pass']);

  const dropped = await judged('dropped', { 'tidegate.yaml': files['tidegate.yaml'] ?? '' });
  assert.deepEqual([dropped.run.verdict, dropped.verdict, one(dropped).diff], ['pass', 'fail', null]);
  assert.match(
    one(dropped).evidence.reason,
    /^The data contract of data\.weather is gone, and its status was "active": it must be "deprecated" before; it hits features\.delivery/,
  );

  await judged('announced', { 'contracts/weather.odcs.yaml': contract(rain + wind, '1.1.0').replace('active', 'deprecated') });
  const retired = await judged('retired', { 'tidegate.yaml': files['tidegate.yaml'] ?? '' }, 'announced');
  assert.deepEqual([retired.verdict, one(retired).evidence.reason], ['pass', 'The data contract of data.weather is gone']);
});
