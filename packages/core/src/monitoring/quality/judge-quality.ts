import {
  type Evidence,
  findMetric,
  type KnownMetric,
  type LabelCounts,
  type Metric,
  type MonitorWindow,
  type QualityDetails,
  recordJson,
  type Verdict,
} from '@tidegate/formats';
import {
  type Engine,
  type Estimate,
  independentDifference,
  measureMetric,
  predictionsQuery,
  rowCount,
  rowsToDecide,
  type Sample,
  takeRows,
} from '@tidegate/runtime';
import type { QualityConfig } from '../../config/index.ts';
import { count, figure, percent } from '../../evidence/index.ts';
import { readScoredRows, sampleOf, truthOf } from '../../models/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { nothingIn, type Part, partOf } from '../part.ts';
import { predictionWindow } from '../prediction-window.ts';
import type { LiveModel, Watched } from '../watched.ts';
import { type LabelFile, type LabelTable, labelTable } from './label-table.ts';

export interface QualitySources {
  readonly engine: Engine;
  readonly store: ObjectStore;
  /** The files of the project that the patterns mean. */
  readonly filesOf: (patterns: readonly string[]) => readonly LabelFile[];
}

/** One-sided, of each bound. */
const confidence = 0.95;
/** Fixes the bootstrap of metrics that have no formula. */
const draws = { confidence, seed: 20, replicates: 1000 };

/** Whether the model is still as good as at the gate: on predictions old enough that their labels should be there. */
export async function judgeQuality(sources: QualitySources, watched: Watched, quality: QualityConfig): Promise<Part> {
  const { engine, store } = sources;
  const { nowMs, config, live, log } = watched;
  const untilMs = nowMs - quality.maturityMs;
  const { window } = await predictionWindow(engine, {
    log,
    release: live.release,
    fromMs: untilMs - config.windowMs,
    untilMs,
    table: 'quality_window',
  });
  if (window.rows === 0) return nothingIn('quality', window);
  const none = (verdict: Verdict, reason: string): Part => partOf('quality', { verdict, reason, window });
  const { signature } = live.version;
  if (signature.task === 'multilabel')
    return none('invalid', 'Lists of labels are not read from files, so a model of several labels is not watched');
  const metric = findMetric(quality.metric);
  if (metric === null || !metric.tasks.includes(signature.task))
    return none('invalid', `"${quality.metric}" does not measure a model of the task ${signature.task}`);
  const files = sources.filesOf(quality.labels);
  if (files.length === 0)
    return none('inconclusive', `No label has come: no file matches ${quality.labels.map((one) => `"${one}"`).join(', ')}`);
  const labels = await labelTable(engine, { files, label: quality.label, nowMs });
  if ('problem' in labels) return none('invalid', `The labels cannot be read: ${labels.problem}`);
  const rows = await labelledRows(engine, live);
  const counts = await countLabels(engine, log, labels, { window, rows, maturityMs: quality.maturityMs });
  const current = metricOf(metric, rows.sample);
  const atGate = await gateSample(engine, store, live).then((sample) => (sample === null ? null : metricOf(metric, sample)));
  const details = compare({ metric, current, atGate, counts, quality });
  const evidence = evidenceOf(watched.service, details);
  return partOf('quality', { verdict: evidence.verdict, reason: evidence.reason, window }, [evidence]);
}

interface LabelledRows {
  readonly sample: Sample;
  /** Labels that are no class, or no number, and predictions without a value. */
  readonly unusable: number;
}

/** Predictions of the window with their label, in the order of their ids. */
async function labelledRows(engine: Engine, { version }: LiveModel): Promise<LabelledRows> {
  const { signature } = version;
  // what the log keeps as prediction of several labels is how many there are; the labels are in the probabilities
  const predicted = signature.task === 'multiclass' ? 'w.label' : 'w.prediction';
  const columns = await engine.columns(
    `SELECT l.label AS truth, ${predicted} AS prediction, w.probabilities AS probabilities
     FROM quality_window w JOIN labels l ON l.id = w.id WHERE l.state <> 'contradicting' ORDER BY w.id`,
  );
  const truth = truthOf(signature, columns['truth'] ?? []);
  const sample = sampleOf(signature, truth, { predictions: columns['prediction'] ?? [], probabilities: columns['probabilities'] ?? [] });
  const { labels: width = 1 } = sample;
  const isUsable = (cells: Float64Array, row: number): boolean => cells.subarray(row * width, (row + 1) * width).every(Number.isFinite);
  const rows = rowCount(sample);
  const usable = Int32Array.from({ length: rows }, (_, row) => row).filter(
    (row) => isUsable(truth, row) && isUsable(sample.prediction, row),
  );
  return { sample: takeRows(sample, usable), unusable: rows - usable.length };
}

async function countLabels(
  engine: Engine,
  log: string,
  labels: LabelTable,
  { window, rows, maturityMs }: { readonly window: MonitorWindow; readonly rows: LabelledRows; readonly maturityMs: number },
): Promise<LabelCounts> {
  const [found = {}] = await engine.rows(
    `SELECT count(l.id) AS labelled, count(*) FILTER (l.first_ms > epoch_ms(w."at") + ${maturityMs}) AS late,
       count(*) FILTER (l.state = 'corrected') AS corrected, count(*) FILTER (l.state = 'contradicting') AS contradicting
     FROM quality_window w LEFT JOIN labels l ON l.id = w.id`,
  );
  const query = await predictionsQuery(log);
  const [unknown = {}] =
    query === null ? [] : await engine.rows(`SELECT count(*) AS rows FROM labels l ANTI JOIN (${query}) p ON p.id = l.id`);
  const [labelled, contradicting] = [Number(found['labelled']), Number(found['contradicting'])];
  return {
    predictions: window.rows,
    labelled: labelled - contradicting - rows.unusable,
    missing: window.rows - labelled,
    late: Number(found['late']),
    duplicates: labels.duplicates,
    corrected: Number(found['corrected']),
    contradicting,
    unusable: rows.unusable + labels.incomplete,
    unknownIds: Number(unknown['rows'] ?? 0),
    notYetKnown: labels.notYetKnown,
  };
}

/** The rows by which the gate let the model through. */
async function gateSample(engine: Engine, store: ObjectStore, { version, evaluation }: LiveModel): Promise<Sample | null> {
  const predictions = evaluation?.replay.predictions ?? null;
  if (predictions === null || !(await store.has(predictions))) return null;
  const scored = await readScoredRows(engine, await store.pathOf(predictions), {
    signature: version.signature,
    slices: [],
    custom: [],
    hasIds: false,
    hasChampion: false,
  });
  return scored.candidate;
}

function metricOf({ name, higherIsBetter }: KnownMetric, sample: Sample): Metric | null {
  const estimate = measureMetric(name, sample, draws);
  return estimate && { name, ...estimate, confidence: Number((2 * confidence - 1).toFixed(12)), rows: rowCount(sample), higherIsBetter };
}

interface Compared {
  readonly metric: KnownMetric;
  readonly current: Metric | null;
  readonly atGate: Metric | null;
  readonly counts: LabelCounts;
  readonly quality: QualityConfig;
}

function compare({ metric, current, atGate, counts, quality }: Compared): QualityDetails {
  const [now, before] = metric.higherIsBetter ? [current, atGate] : [current && turned(current), atGate && turned(atGate)];
  const difference = now === null || before === null ? null : independentDifference(now, before);
  const margin = atGate === null ? null : quality.margin.value * (quality.margin.kind === 'relative' ? Math.abs(atGate.value) : 1);
  const isOpen = difference !== null && margin !== null && difference.low <= -margin && difference.high >= -margin;
  return {
    metric: metric.name,
    labels: counts,
    coverage: counts.predictions === 0 ? 0 : counts.labelled / counts.predictions,
    minCoverage: quality.minCoverage,
    current,
    atGate,
    difference: difference && { ...difference, confidence },
    margin,
    rowsNeeded:
      isOpen && now !== null && before !== null ? rowsToDecide(now, before, { rows: now.rows, limit: -margin, confidence }) : null,
  };
}

/** So that more is better. */
function turned<E extends Estimate>(estimate: E): E {
  const { value, low, high } = estimate;
  return { ...estimate, value: -value, low: high === null ? null : -high, high: low === null ? null : -low };
}

function evidenceOf(service: string, details: QualityDetails): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind: 'quality',
    name: `quality.${details.metric}`,
    subject: `services.${service}`,
    blocking: false,
    ...judge(details),
    details: recordJson(details),
  };
}

function judge(details: QualityDetails): Pick<Evidence, 'verdict' | 'reason'> {
  const { metric, labels, coverage, minCoverage, current, atGate, difference, margin, rowsNeeded } = details;
  const covered = `${count(labels.labelled)} of ${count(labels.predictions)} predictions have a label`;
  const oddities = oddityWords(labels);
  if (coverage < minCoverage)
    return { verdict: 'inconclusive', reason: `Too few labels are in: ${covered}, and ${percent(minCoverage)} are asked for${oddities}` };
  if (current === null) return { verdict: 'inconclusive', reason: `${metric} cannot be measured on these rows: ${covered}${oddities}` };
  if (atGate === null || margin === null)
    return {
      verdict: 'inconclusive',
      reason: `${metric} is ${figure(current.value)}, and what it was at the gate is no longer kept: ${covered}${oddities}`,
    };
  const values = `${metric} is ${figure(current.value)} and was ${figure(atGate.value)} at the gate`;
  if (difference === null) return { verdict: 'inconclusive', reason: `${values}, without an interval to judge by: ${covered}${oddities}` };
  const [least, most] = [Math.max(0, -difference.high), Math.max(0, -difference.low)];
  const tail = `${figure(margin)} is allowed; ${covered}${oddities}`;
  if (difference.low > -margin) return { verdict: 'pass', reason: `${values}: it lost at most ${figure(most)}, and ${tail}` };
  if (difference.high < -margin) return { verdict: 'fail', reason: `${values}: it lost at least ${figure(least)}, and ${tail}` };
  const needed = rowsNeeded === null ? 'no number of labels would decide' : `about ${count(rowsNeeded)} labels would decide`;
  return { verdict: 'inconclusive', reason: `${values}: it lost between ${figure(least)} and ${figure(most)}, ${needed}, and ${tail}` };
}

/** What is not as it should be with the labels. */
function oddityWords({ late, duplicates, corrected, contradicting, unusable, unknownIds }: LabelCounts): string {
  const words = [
    [late, 'came late'],
    [duplicates, 'are there twice'],
    [corrected, 'were corrected'],
    [contradicting, 'contradict each other and are left out'],
    [unusable, 'cannot be used'],
    [unknownIds, 'are of predictions that no log has'],
  ] as const;
  return words.flatMap(([number, what]) => (number === 0 ? [] : [`; ${count(number)} ${what}`])).join('');
}
