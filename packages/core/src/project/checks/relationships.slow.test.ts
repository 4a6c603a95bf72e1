import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunRecord } from '@tidegate/formats';
import { testDatasetContract } from '../contracts/test-dataset-contract.ts';
import { makeTestProject } from '../test-project.ts';

const head = (id: string): string => `apiVersion: v3.1.0\nkind: DataContract\nid: ${id}\nversion: 1.0.0\nstatus: active\nschema:\n`;

const files = {
  'tidegate.yaml': `version: 1
data:
  orders: { from: { files: orders.csv }, contract: shop.odcs.yaml }
  customers: { from: { files: customers.csv }, contract: shop.odcs.yaml }
  places: { from: { files: places.csv }, contract: places.odcs.yaml }
  stores: { from: { files: stores.csv } }
`,
  // by name and by id, of one column and of two, in this document, in another one, in none, and nowhere
  'shop.odcs.yaml': `${head('shop')}  - name: orders
    relationships:
      - { from: [orders.customer, orders.region], to: [customers.name, customers.region] }
    properties:
      - { name: id, logicalType: integer, primaryKey: true, relationships: [{ to: crm.id }] }
      - { name: customer, logicalType: string, relationships: [{ to: schema/c/properties/n }] }
      - { name: region, logicalType: string }
      - { name: place, logicalType: string, relationships: [{ to: places.odcs.yaml#schema/p/properties/code }] }
      - { name: town, logicalType: string, relationships: [{ to: place.town }] }
      - { name: store, logicalType: string, relationships: [{ to: stores.no }] }
      - { name: replaces, logicalType: integer, relationships: [{ to: orders.id }] }
  - name: customers
    id: c
    properties:
      - { name: name, id: n, logicalType: string }
      - { name: region, logicalType: string }
`,
  'places.odcs.yaml': `${head('places')}  - name: place
    id: p
    properties:
      - { name: code, id: code, logicalType: string, physicalName: c }
      - { name: town, logicalType: string }
`,
  'orders.csv': 'id,customer,region,place,town,store,replaces\n1,ann,north,P1,Aa,S1,\n2,bob,south,P2,Bb,S2,1\n',
  'customers.csv': 'name,region\nann,north\nbob,south\nann,south\n',
  'places.csv': 'c,town\nP1,Aa\nP2,Bb\n',
  'stores.csv': 'no\nS1\nS2\n',
};

const row = '1,ann,north,P1,Aa,S1,';
/** The first row with one fault, and the only relationship that it breaks. */
const faults: { readonly [name: string]: string } = {
  'customer.relationship': '1,cy,,P1,Aa,S1,',
  'place.relationship': '1,ann,north,P9,Aa,S1,',
  'town.relationship': '1,ann,north,P1,Zz,S1,',
  'store.relationship': '1,ann,north,P1,Aa,S9,',
  'replaces.relationship': '1,ann,north,P1,Aa,S1,9',
  relationship: '1,ann,east,P1,Aa,S1,',
};

function told({ steps }: RunRecord): readonly string[] {
  const step = steps.find((one) => one.step === 'checks.orders') ?? assert.fail('no step checks.orders');
  return step.evidence.map(({ verdict, reason, blocking }) => `${verdict}${blocking ? '!' : ''}: ${reason}`);
}

test('a run judges relationships that lead to datasets of the project, finds each fault, and says of the others that they are not measured', async (t) => {
  const project = makeTestProject(t, files);
  const { record } = await project.run();

  const notMeasured = 'inconclusive: id is crm.id of a row: it is not measured, "crm.id" is no dataset of the project';
  assert.deepEqual(told(record).toSorted(), [
    notMeasured,
    'pass: customer is name of a row of customers: 0 of 2 rows name none',
    'pass: customer, region are name, region of a row of customers: 0 of 2 rows name none',
    'pass: place is c of a row of places: 0 of 2 rows name none',
    'pass: replaces is id of a row of orders: 0 of 2 rows name none',
    'pass: store is no of a row of stores: 0 of 2 rows name none',
    'pass: town is town of a row of places: 0 of 2 rows name none',
  ]);

  for (const [name, fault] of Object.entries(faults)) {
    // a project of its own, so that what came before is no anomaly
    const { record: broken } = await makeTestProject(t, { ...files, 'orders.csv': files['orders.csv'].replace(row, fault) }).run();
    const evidence = broken.steps.find(({ step }) => step === 'checks.orders')?.evidence ?? [];
    assert.deepEqual(
      evidence.filter(({ verdict, blocking }) => verdict === 'fail' && blocking).map(({ name: check }) => check),
      [name],
      fault,
    );
  }

  using opened = await project.open();
  const [judged] = await testDatasetContract(opened, 'orders', { version: null, now: 0, signal: new AbortController().signal });
  const unjudged = judged?.checks.filter(({ verdict }) => verdict === 'inconclusive') ?? [];
  assert.equal(unjudged.length, 7);
  assert.match(
    unjudged[0]?.reason ?? '',
    /^customer, region are customers\.name, customers\.region of a row: it is not measured here, .* judged in a run, in the step checks\.NAME$/,
  );
});
