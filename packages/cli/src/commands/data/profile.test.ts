import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { DatasetProfile } from '@tidegate/core';
import { digestOfHex } from '@tidegate/formats';
import { displayWidth } from '../../render/display-width.ts';
import { profileLines } from '../../render/profile-view.ts';
import { testPlace } from '../../test-place.ts';

const hostile = '<img src=x onerror=alert(1)>';
const rows = Array.from({ length: 40 }, (_, at) => `${at},${at * 2},"${hostile}",AB-${at % 3}1,secret${at},2026-01-0${1 + (at % 9)}`);
const files = {
  'tidegate.yaml': 'version: 1\ndata:\n  t: { from: { files: t.csv }, contract: t.odcs.yaml }\n  images: { from: { files: images } }\n',
  't.csv': `id,double,"${hostile}",code,who,day\n${rows.join('\n')}\n`,
  't.odcs.yaml': `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - { name: who, logicalType: string, customProperties: [{ property: tidegate.personal, value: true }] }
`,
  'images/a.png': 'no rows',
};

test('a profile is shown as a table, as JSON and as one page, in which names and values of others do no harm and those of persons do not stand', async (t) => {
  const { call, path } = testPlace(t, { files });
  await call(['run', 'data.t']);
  const told = await call(['data', 'profile', 't', '--correlations', '--html', 'p.html']);
  const found: DatasetProfile = JSON.parse((await call(['data', 'profile', 't', '--correlations', '--json'])).stdout);
  const page = readFileSync(path('p.html'), 'utf8');

  assert.equal(told.code, 0, told.stderr);
  assert.match(told.stdout, /data\.t [0-9a-f]{12}: 40 rows, 6 columns/);
  assert.match(told.stdout, /id +double +1\.000 +1\.000/);
  assert.deepEqual(found.correlations, {
    columns: ['id', 'double'],
    pearson: [
      [1, 1],
      [1, 1],
    ],
    spearman: [
      [1, 1],
      [1, 1],
    ],
    spearmanError: 0,
  });
  assert.equal(found.profile.format, 'tidegate.profile/2');
  assert.doesNotMatch(page, /<img|<script|https?:/);
  assert.match(page, /&lt;img src=x onerror=alert\(1\)&gt;/);
  for (const text of [told.stdout, page, JSON.stringify(found)]) assert.doesNotMatch(text, /secret\d/);
});

test('a narrow terminal gets fewer columns of the table, and none of its lines is too long', async (t) => {
  const { call } = testPlace(t, { files });
  await call(['run', 'data.t']);
  const found: DatasetProfile = JSON.parse((await call(['data', 'profile', 't', '--json'])).stdout);
  const widths = [20, 60, 140].map((width) => Math.max(...profileLines(found, { width }).slice(1, 8).map(displayWidth)));

  assert.ok(
    widths.every((width, at) => width <= ([20, 60, 140][at] ?? 0)),
    String(widths),
  );
  assert.ok((widths[2] ?? 0) > 60, String(widths));
});

test('NaN and infinite values are told, which no figure of the table counts', () => {
  const column = {
    name: 'depth',
    type: 'number',
    rows: 9,
    nulls: 3,
    distinct: 4,
    min: 1,
    max: 2,
    mean: 1.5,
    std: 1,
    quantiles: null,
    histogram: null,
    top: null,
    notNumbers: 2,
    infinite: 1,
  } as const;
  const lines = (width: number): readonly string[] =>
    profileLines(
      {
        name: 't',
        digest: digestOfHex('a'.repeat(64)),
        profile: { format: 'tidegate.profile/2', rows: 9, columns: [column, { ...column, name: 'plain', notNumbers: 0, infinite: 0 }] },
        correlations: null,
      },
      { width },
    );

  assert.deepEqual(lines(100).slice(-1), ['  depth: 2 rows with NaN, which is no value, 1 row with an infinite value']);
  assert.ok(
    lines(30)
      .slice(1)
      .every((line) => displayWidth(line) <= 30),
  );
});

test('files without rows have no profile, and that is said with what to do', async (t) => {
  const { call } = testPlace(t, { files });
  await call(['run', 'data.images']);
  const { code, stderr } = await call(['data', 'profile', 'images']);

  assert.equal(code, 2);
  assert.match(stderr, /TG-DATA-NOT-PROFILED/);
  assert.match(stderr, /tidegate data ls images/);
});
