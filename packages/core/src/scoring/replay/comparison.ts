import type { FeatureColumn, ReleaseManifest } from '@tidegate/formats';
import { quoteName, quoteText } from '@tidegate/runtime';

/** A looked-up feature that the log has as an input of the model. */
export interface ComparedFeature extends FeatureColumn {
  /** Number among all features of the release: its columns in a look-up are `value_K` and `status_K`. */
  readonly index: number;
}

/** The features of a release that can be compared: those that are inputs of the model and whose values the log has in clear. */
export function comparedFeatures({ features, model }: ReleaseManifest, hidden: readonly string[]): readonly ComparedFeature[] {
  const inputs = new Set(model.signature.inputs.map(({ name }) => name));
  const looked = (features?.views ?? []).flatMap((view) =>
    view.features.map(({ name, type }) => ({ name: `${view.name}__${name}`, type })),
  );
  return looked.map((feature, index) => ({ ...feature, index })).filter(({ name }) => inputs.has(name) && !hidden.includes(name));
}

export interface ComparisonParts {
  readonly manifest: ReleaseManifest;
  readonly features: readonly ComparedFeature[];
  readonly tolerance: number;
  /** Tables or table functions: rows of the log with a number, what was scored, what was looked up (null = nothing). */
  readonly logged: string;
  readonly scored: string;
  readonly found: string | null;
}

/**
 * SQL that compares what was answered with what was scored: `row`, `id`, `at`, `outcome` (`equal`, `close`, `differs`, `refused`), `online`,
 * `offline` (what is compared, as text), `reason`; and for each feature number i of `features` `online_i` and `offline_i` as text,
 * `state_i` (`same`, `close`, `mismatch`, `missing`, `extra`), and where it is a number `apart_i` and `size_i`.
 */
export function comparison({ manifest, features, tolerance, logged, scored, found }: ComparisonParts): string {
  const { same, close, online, offline } = predictions(manifest, tolerance);
  const outcome = `CASE WHEN s.code IS NOT NULL THEN 'refused' WHEN ${same} THEN 'equal' WHEN ${close} THEN 'close' ELSE 'differs' END`;
  const reason = `CASE WHEN s.code IS NOT NULL THEN s.code || ': ' || s.reason END`;
  const own = [`l.row, l.id, l."at", ${outcome} AS outcome, ${online} AS online, ${offline} AS offline, ${reason} AS reason`];
  const cells = features.flatMap((feature, i) => featureCells(feature, i, tolerance));
  const joined = found === null ? '' : ` JOIN ${found} f ON f.row = l.row`;
  return `SELECT ${[...own, ...cells].join(', ')} FROM ${logged} l JOIN ${scored} s ON s.row = l.row${joined}`;
}

interface PredictionWords {
  readonly same: string;
  readonly close: string;
  readonly online: string;
  readonly offline: string;
}

function predictions({ model }: ReleaseManifest, tolerance: number): PredictionWords {
  const { task } = model.signature;
  const label = 'l.label IS NOT DISTINCT FROM s.label';
  if (task === 'multilabel') {
    const apart = 'list_max(list_transform(range(1, len(l.probabilities) + 1), lambda i: abs(l.probabilities[i] - s.probabilities[i])))';
    return {
      same: '(l.probabilities IS NOT DISTINCT FROM s.probabilities)',
      close: `coalesce(len(l.probabilities) = len(s.probabilities) AND ${apart} <= ${tolerance}, false)`,
      online: 'CAST(l.probabilities AS VARCHAR)',
      offline: 'CAST(s.probabilities AS VARCHAR)',
    };
  }
  if (task === 'multiclass') {
    const apart = 'list_max(list_transform(range(1, len(l.probabilities) + 1), lambda i: abs(l.probabilities[i] - s.probabilities[i])))';
    return {
      same: `(${label} AND l.probabilities IS NOT DISTINCT FROM s.probabilities)`,
      close: `coalesce(${label} AND len(l.probabilities) = len(s.probabilities) AND ${apart} <= ${tolerance}, false)`,
      online: 'l.label',
      offline: 's.label',
    };
  }
  const labels = task === 'binary' ? ` AND ${label}` : '';
  return {
    same: `(l.prediction IS NOT DISTINCT FROM s.prediction${labels})`,
    close: `coalesce(${isClose('l.prediction', 's.prediction', tolerance)}${labels}, false)`,
    online: 'CAST(l.prediction AS VARCHAR)',
    offline: 'CAST(s.prediction AS VARCHAR)',
  };
}

function isClose(a: string, b: string, tolerance: number): string {
  return `abs(${a} - ${b}) <= ${tolerance} * greatest(1, abs(${a}), abs(${b}))`;
}

function featureCells({ name, type, index }: ComparedFeature, i: number, tolerance: number): readonly string[] {
  const numeric = type === 'number' || type === 'integer';
  const online = `l.${quoteName(`input.${name}`)}`;
  const offline = `CASE WHEN f.status_${index} = 0 THEN ${asLogged(`f.value_${index}`, type)} END`;
  const [a, b] = numeric ? [`CAST(${online} AS DOUBLE)`, `CAST(${offline} AS DOUBLE)`] : ['0', '0'];
  const close = numeric ? `WHEN ${isClose(a, b, tolerance)} THEN 'close'` : '';
  const state = `CASE WHEN ${online} IS NULL AND (${offline}) IS NULL THEN 'same' WHEN ${online} IS NULL THEN 'missing'
    WHEN (${offline}) IS NULL THEN 'extra' WHEN ${online} = (${offline}) THEN 'same' ${close} ELSE 'mismatch' END`;
  return [
    `CAST(${online} AS VARCHAR) AS online_${i}`,
    `CAST(${offline} AS VARCHAR) AS offline_${i}`,
    `${state} AS state_${i}`,
    ...(numeric ? [`abs(${a} - ${b}) AS apart_${i}`, `abs(${a}) + abs(${b}) AS size_${i}`] : []),
  ];
}

/** A value as the log's JSON has it: no NaN and no infinity, times as ISO 8601 texts. */
function asLogged(value: string, type: FeatureColumn['type']): string {
  if (type === 'number') return `CASE WHEN isfinite(${value}) THEN ${value} END`;
  if (type === 'date') return `strftime(${value}, ${quoteText('%Y-%m-%d')})`;
  return type === 'timestamp' ? `strftime(${value}, ${quoteText('%Y-%m-%dT%H:%M:%S.%gZ')})` : value;
}
