import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfHex, type ReplayReport, type ScoreReceipt } from '@tidegate/formats';
import { paritySection, scoreSection } from './scoring-section.ts';

const release = digestOfHex('ab'.repeat(32));

const report: ReplayReport = {
  format: 'tidegate.replay/1',
  project: 'shop',
  environment: 'production',
  service: 'tide-api',
  since: '2013-10-01T04:00:00Z',
  until: null,
  tolerance: 1e-9,
  rows: { logged: 2937, incomparable: 0, compared: 2937, equal: 2936, close: 0, differing: 1, refused: 0, withOtherFeatures: 1 },
  releases: [],
  features: [{ name: 'wind__speed', rows: 2937, mismatch: 1, mismatchClose: 0, missing: 0, extra: 0, smape: 0.0012 }],
  examples: [
    {
      id: '01933f3a-7c1b-7000-9d2e-0a1b2c3d4e5f',
      at: '2013-10-01T05:00:00Z',
      release,
      outcome: 'differs',
      online: '0.4',
      offline: '<i>',
      features: [{ name: 'wind__speed', online: '3', offline: null }],
    },
  ],
  datasets: {},
  verdict: 'fail',
};

test('parity is told in counts, feature by feature, with rows that differ, as text', () => {
  const { markup } = paritySection(report);

  assert.match(markup, /2,937 predictions of 2013-10-01 04:00 UTC to the end/);
  assert.match(markup, /<b>2,936<\/b><span>the same to the last bit/);
  assert.match(markup, /wind__speed: 3 \/ nothing/);
  assert.match(markup, /<details open>/);
  assert.match(markup, /&lt;i&gt;/);
});

test('features that are all the same are folded away', () => {
  const features = report.features.map((one) => ({ ...one, mismatch: 0 }));

  assert.match(paritySection({ ...report, features, examples: [] }).markup, /<details>/);
});

test('files that were scored are listed with what became of their rows, and nothing when none was', () => {
  const file = { path: 'october.parquet', digest: release, bytes: 1, rows: 1200 };
  const receipt = {
    input: file,
    output: { ...file, path: 'scored.parquet' },
    quarantined: 3,
    release,
    endedAt: '2026-01-01T00:00:00.000Z',
  } as unknown as ScoreReceipt;

  assert.match(scoreSection([receipt])?.markup ?? '', /october\.parquet.*1,200.*3.*abababababab.*scored\.parquet/s);
  assert.equal(scoreSection([]), null);
});
