import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AnomalyReport, digestOfHex, type FineNote, type JudgedMeasure, type MeasuredVersion } from '@tidegate/formats';
import { anomalyEvidence } from './anomaly-evidence.ts';
import { judgeHistory } from './judge-history.ts';

const settings = { falseAlarms: 0.01, ignore: [] };
const rowCounts = [1010, 980, 1005, 1020, 990, 1000, 1015, 985, 1003, 997];

/** Weekly versions with these numbers of rows, the last one to be judged. */
function versionsWith(counts: readonly number[], more: Partial<MeasuredVersion> = {}): readonly MeasuredVersion[] {
  return counts.map((rows, week) => ({
    format: 'tidegate.measured-version/1',
    project: 'shop',
    dataset: 'orders',
    version: digestOfHex(String(week).padStart(64, '0')),
    at: new Date(Date.UTC(2026, 0, 5 + 7 * week)).toISOString(),
    newestEvent: null,
    columns: 1,
    verdict: 'pass',
    measures: [
      { name: 'rows', column: null, sort: 'count', value: rows, rows: 0, error: 0, unit: 0 },
      { name: 'town.nulls', column: 'town', sort: 'rate', value: 0.01, rows, error: 0, unit: 0 },
    ],
    ...more,
  }));
}

function judged(versions: readonly MeasuredVersion[], notes: readonly FineNote[] = []): AnomalyReport {
  const version = versions.at(-1) ?? assert.fail('there is one');
  return judgeHistory({ version, others: versions, notes }, settings);
}

function measureOf({ measures }: AnomalyReport, name: string): JudgedMeasure {
  return measures.find((measure) => measure.name === name) ?? assert.fail(`there is no ${name}`);
}

function noteOn({ version }: MeasuredVersion, isFine: boolean, measure: string | null = null): FineNote {
  const said = { version, measure, isFine, reason: null, by: null, at: '2026-12-01T00:00:00.000Z' } as const;
  return { format: 'tidegate.fine-note/1', id: 'x', project: 'shop', dataset: 'orders', ...said };
}

test('a version with half of the rows is found, and says what was expected from what', () => {
  const report = judged(versionsWith([...rowCounts, 500]));

  assert.equal(report.verdict, 'fail');
  assert.match(
    measureOf(report, 'rows').reason,
    /^rows of data\.orders: 500, expected 1,00\d \(\d+ to 1,\d+\) from the 10 versions before it; by chance one in [\d,]+$/,
  );
  assert.equal(measureOf(report, 'town.nulls').verdict, 'pass');
});

test('before there are five versions nothing is a pass', () => {
  const report = judged(versionsWith(rowCounts.slice(0, 5)));

  assert.deepEqual([report.versions, report.verdict], [4, 'inconclusive']);
  assert.deepEqual(report.unseen, ['Nothing is judged before there are 5 versions: there are 4']);
  assert.match(anomalyEvidence(report, 'error')[0]?.reason ?? '', /is judged by its past from 5 versions before it on: there are 4$/);
});

test('only versions that were had before count, and of those only what passed its checks', () => {
  const versions = versionsWith([...rowCounts, 1000]);
  const [sixth = assert.fail('there is one')] = versions.slice(6);

  assert.equal(judgeHistory({ version: sixth, others: versions, notes: [] }, settings).versions, 6);
  const broken = versions.map((one, week) => (week < 3 ? { ...one, verdict: 'fail' as const } : one));
  assert.equal(judged(broken).versions, 7);
  const [first = assert.fail('there is one')] = broken;
  assert.equal(judged(broken, [noteOn(first, true)]).versions, 8);
});

test('half of the false alarms is for the table, the columns have the rest', () => {
  const report = judged(versionsWith([...rowCounts, 1000]));

  assert.deepEqual([measureOf(report, 'rows').level, measureOf(report, 'town.nulls').level], [0.005, 0.005]);
});

test('what somebody says is fine passes, and what is taken back is an anomaly again; other measures are left alone', () => {
  const versions = versionsWith([...rowCounts, 500]);
  const last = versions.at(-1) ?? assert.fail('there is one');

  assert.equal(judged(versions, [noteOn(last, true)]).verdict, 'pass');
  assert.equal(judged(versions, [noteOn(last, true, 'town.nulls')]).verdict, 'fail');
  assert.equal(judged(versions, [noteOn(last, true), noteOn(last, false)]).verdict, 'fail');
  assert.equal(judged(versions, [noteOn(last, true, 'rows'), noteOn(last, false)]).verdict, 'fail');
});

test('of a table that only grows what is added is judged', () => {
  const total = rowCounts.reduce<readonly number[]>(
    (all, count) => [...all, 1_000_000 + (all.at(-1) ?? 0) - (all.length > 0 ? 1_000_000 : 0) + count],
    [],
  );
  const last = total.at(-1) ?? 0;

  assert.equal(measureOf(judged(versionsWith([...total, last + 1000])), 'added rows').verdict, 'pass');
  assert.equal(measureOf(judged(versionsWith([...total, last + 5])), 'added rows').verdict, 'fail');
  assert.equal(measureOf(judged(versionsWith([...total, last + 5])), 'rows').verdict, 'pass');
});

test('events tell the time where each version has newer ones than the one before', () => {
  const at = new Date(Date.UTC(2026, 6, 1)).toISOString();
  const events = versionsWith(rowCounts).map((one, index) => ({
    ...one,
    at: at.replace('00:00:00', `00:00:${String(index).padStart(2, '0')}`),
    newestEvent: new Date(Date.UTC(2026, 0, 1 + index)).toISOString(),
  }));

  assert.deepEqual([judged(events).time, judged(events).at], ['event', '2026-01-10T00:00:00.000Z']);
  assert.deepEqual(judged(events).unseen.slice(1), ['A season of the week cannot be seen: it needs 3 weeks of versions, there are 1.3']);
  assert.equal(judged(events.map((one, index) => (index === 3 ? { ...one, newestEvent: null } : one))).time, 'made');
});

test('an anomaly blocks only as an error, and what all measures come to never does', () => {
  const report = judged(versionsWith([...rowCounts, 500]));
  const blocking = (severity: 'error' | 'warning'): readonly (readonly [string, boolean])[] =>
    anomalyEvidence(report, severity).map(({ name, blocking: blocks }) => [name, blocks]);

  assert.deepEqual(blocking('error'), [
    ['anomalies', false],
    ['anomalies.rows', true],
  ]);
  assert.deepEqual(blocking('warning').at(1), ['anomalies.rows', false]);
});

test('columns and measures that are ignored are not judged, and columns after the first hundred are told', () => {
  const versions = versionsWith([...rowCounts, 1000], { columns: 130 });
  const version = versions.at(-1) ?? assert.fail('there is one');
  const names = (ignore: readonly string[]): readonly string[] =>
    judgeHistory({ version, others: versions, notes: [] }, { falseAlarms: 0.01, ignore }).measures.map(({ name }) => name);

  assert.deepEqual([names(['town']), names(['rows'])], [['rows'], ['town.nulls']]);
  assert.deepEqual(
    [judged(versions).verdict, judged(versions).unseen.at(-1)],
    ['inconclusive', '30 columns are not looked at: there are too many'],
  );
});
