import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { shape } from '@tidegate/formats';
import { testPlace } from '../packages/cli/src/test-place.ts';
import { parseYaml } from '../packages/core/src/config/index.ts';

const yaml = 'version: 1\ndata: { trips: { from: { files: trips.csv }, contract: trips.odcs.yaml } }\n';

function trips(rows: number, furthest: number): string {
  const lines = Array.from({ length: rows }, (_, row) => `${row},${row === 0 ? furthest : (row * 37) % 100}`);
  return `id,delay\n${lines.join('\n')}\n`;
}

/** Everything that the standard knows beside what inference writes, in the style of people: quotes of both kinds, flow and block, comments, blank lines. */
const root = `status: active   # as agreed on Monday

name: Trips
tenant: 'Ports & Co'
domain: "ports"
dataProduct: ferries
tags: [sea, "harbour"] # both are searched for
contractCreatedTs: "2026-01-02T03:04:05Z"
description:
  purpose: >-
    What ferries do,
    day by day
  limitations: none known
  usage: |
    Ask before you join it.
      Really.
  authoritativeDefinitions: [{ type: wiki, url: https://example.com/wiki }]
  customProperties: [{ property: reviewed, value: true }]
authoritativeDefinitions:
  - { id: wiki, url: https://example.com/trips, type: businessDefinition, description: The page }
servers:
  # the copy, not the source
  - { id: copy, server: copy, type: local, path: "data/{object}.csv", format: csv, description: A copy, environment: prod, roles: [{ role: reader }], customProperties: [{ property: zone, value: west }] }
slaDefaultElement: trips.delay
slaProperties:
  - id: gone
    property: endOfLife
    value: "2030-01-01" # a promise of the board
    valueExt: "2031-01-01"
    unit: d
    element: trips.delay
    driver: regulatory
    description: Until the ferries go
    scheduler: cron
    schedule: 0 4 * * *
support:
  - { id: chat, channel: "#ferries", url: https://example.com/chat, description: Chat, tool: slack, scope: interactive, invitationUrl: https://example.com/join, customProperties: [{ property: hours, value: 9-17 }] }
price: { id: fee, priceAmount: 9.5, priceCurrency: EUR, priceUnit: megabyte }
team:
  id: ferry-team
  name: Ferries
  description: Who runs them
  tags: [crew]
  customProperties: [{ property: pier, value: 4 }]
  authoritativeDefinitions: [{ type: wiki, url: https://example.com/team }]
  members:
    - { id: ann, username: ann, name: Ann, description: Captain, role: owner, dateIn: "2024-01-01", dateOut: "2027-01-01", replacedByUsername: bob, tags: [sea], customProperties: [{ property: deck, value: 1 }], authoritativeDefinitions: [{ type: wiki, url: https://example.com/ann }] }
roles:
  - { id: reader, role: reader, description: May read, access: read, firstLevelApprovers: Ann, secondLevelApprovers: Bob, customProperties: [{ property: days, value: 30 }] }
customProperties: [{ property: colour, value: [blue, { deep: 1 }], id: colour, description: Of the boats }] # nobody knows why
`;

const object = `
    id: trips_object
    physicalName: trips
    businessName: Trips
    description: One row, one trip
    dataGranularityDescription: a trip
    tags: [fact]
    authoritativeDefinitions: [{ type: wiki, url: https://example.com/object }]
    relationships:
      - { type: foreignKey, from: trips.id, to: trips.delay, customProperties: [{ property: odd, value: yes }] } # so it is
`;

const property = `
        id: delay_property
        physicalName: delay
        businessName: Delay
        description: "Minutes; never \\"hours\\""
        partitioned: false
        partitionKeyPosition: -1
        classification: internal
        encryptedName: delay_x
        transformSourceObjects: [log]
        transformLogic: a - b # of the log
        transformDescription: Difference
        examples: [1, 2]
        criticalDataElement: true
        tags: [minutes]
        authoritativeDefinitions: [{ type: wiki, url: https://example.com/delay }]
        relationships: [{ to: trips.id }]
`;

/** Beside the rules that inference makes of the column. */
const rules = `          - { type: text, description: Looks right }
          - id: few
            name: Few nulls
            type: library
            metric: nullValues
            mustBeLessThan: 5
            unit: percent
            dimension: completeness
            description: Hardly any
            businessImpact: operational
            severity: warning
            method: reconciliation
            schedule: 0 5 * * *
            scheduler: cron
            tags: [nulls]
            authoritativeDefinitions: [{ type: wiki, url: https://example.com/few }]
            customProperties: [{ property: since, value: 2024 }]
          - { type: sql, query: 'SELECT count(*) FROM {object} WHERE {property} < 0', mustBe: 0 }
          - { type: custom, engine: soda, implementation: "checks for trips:\\n  - row_count > 0" }
`;

interface Definition {
  readonly properties?: object;
}
const standard = JSON.parse(
  readFileSync(new URL('../packages/core/src/data/contract/standard/odcs-v3.1.0.json', import.meta.url), 'utf8'),
) as Definition & { readonly $defs: { readonly [name: string]: Definition } };

/** The names that a part of the standard has and a document has not. */
function absentNames(definitions: readonly string[], found: unknown): readonly string[] {
  const all = definitions.flatMap((name) => Object.keys((name === '' ? standard : standard.$defs[name])?.properties ?? {}));
  return all.filter((name) => typeof found !== 'object' || found === null || !Object.hasOwn(found, name));
}

interface Document {
  readonly schema: readonly [{ readonly properties: readonly { readonly name: string; readonly quality?: readonly object[] }[] }];
  readonly servers: readonly object[];
  readonly slaProperties: readonly object[];
  readonly support: readonly object[];
  readonly price: object;
  readonly team: { readonly members: readonly object[] };
  readonly roles: readonly object[];
}

test('every section of a data contract is as it was after an update, comments and style included', async (t) => {
  const { call, path, write } = testPlace(t, { files: { 'tidegate.yaml': yaml, 'trips.csv': trips(600, 99) } });
  const file = path('trips.odcs.yaml');
  assert.equal((await call(['data', 'infer', 'trips', '--write', 'trips.odcs.yaml'])).code, 0);
  const inferred = readFileSync(file, 'utf8');
  const full = inferred
    .replace('status: draft\n', () => root)
    .replace('    physicalType: file\n', (line) => `${line.trimEnd()}${object}`)
    .replace('      - name: "delay"\n', (line) => `${line.trimEnd()}${property}`)
    .replace(/- name: "delay"\n[\s\S]*? {8}quality:\n/, (text) => `${text}${rules}`);
  writeFileSync(file, full);
  const parsed = parseYaml('trips.odcs.yaml', full, shape.anything());
  assert.ok(parsed.ok);
  const before = parsed.value as unknown as Document;
  const delay = before.schema[0].properties.find(({ name }) => name === 'delay');
  assert.deepEqual(
    [
      absentNames([''], before),
      absentNames(['Server'], before.servers[0]),
      absentNames(['ServiceLevelAgreementProperty'], before.slaProperties[0]),
      absentNames(['SupportItem'], before.support[0]),
      absentNames(['Pricing'], before.price),
      absentNames(['Team'], before.team),
      absentNames(['TeamMember'], before.team.members[0]),
      absentNames(['Role'], before.roles[0]),
      absentNames(['SchemaElement', 'SchemaObject'], before.schema[0]),
      absentNames(['SchemaElement', 'SchemaBaseProperty'], delay),
      absentNames(['DataQuality'], delay?.quality?.[1]),
    ],
    [[], [], [], [], [], [], [], [], [], ['primaryKey', 'primaryKeyPosition', 'unique'], []],
  );
  const linted = await call(['contract', 'lint', 'trips.odcs.yaml']);
  assert.equal(linted.code, 0, linted.stderr);

  write('trips.csv', trips(640, 3000));
  const updated = await call(['data', 'infer', 'trips', '--update', '--yes']);

  assert.equal(updated.code, 0, updated.stderr);
  const after = readFileSync(file, 'utf8');
  const changed = after.split('\n').filter((line, index) => line !== full.split('\n')[index]);
  assert.equal(after.split('\n').length, full.split('\n').length);
  for (const line of changed)
    assert.match(
      line,
      /^# (from|A next version of) |^ +(maximum|required|primaryKey): .* #|check: "between"|tidegate\.inferred|600 rows|640 rows/,
    );
  assert.ok(changed.some((line) => /^ +maximum: /.test(line)));
});
