import { type DriftReference, type Evidence, type FeatureColumn, type JointFinding, type LogicalType, recordJson } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import type { DriftConfig } from '../../config/index.ts';
import {
  binning,
  drawColumn,
  findingsOf,
  jointConfidence,
  judgeReconstruction,
  judgeTogether,
  mostJointRows,
  sampleRows,
  valueSql,
} from '../../data/index.ts';
import { type TrainingRows, trainingRowsOf } from '../reference/training-rows.ts';
import type { Watched } from '../watched.ts';
import { inputsIn, type ReferenceSources } from './drift-reference.ts';

export interface TogetherToJudge {
  readonly drift: DriftConfig;
  /** Table with the rows that are judged, inputs as `input.NAME`. */
  readonly table: string;
  /** Its columns. */
  readonly columns: ReadonlySet<string>;
  readonly reference: DriftReference;
}

/**
 * What inputs do together, against the rows of the training set that the reference keeps, or where it keeps none and the set is gone against what is stored of them. An input that the window
 * lacks is not looked at here, for it is told where columns are judged one by one.
 */
export async function judgeInputsTogether(
  sources: ReferenceSources,
  watched: Pick<Watched, 'service' | 'personal' | 'live'> & { readonly config: Pick<Watched['config'], 'windowMs'> },
  judging: TogetherToJudge,
): Promise<readonly Evidence[]> {
  const { service, personal, live, config } = watched;
  const { engine } = sources;
  const { drift, table, columns, reference } = judging;
  const logged = live.version.signature.inputs.filter(
    ({ name, type }) => isCompared(type) && columns.has(`input.${name}`) && !drift.ignore.includes(name) && !personal.includes(name),
  );
  const training = await trainingRowsOf(sources, live, reference);
  if (training === null) return [await judgeWithoutRows(engine, service, { ...judging, logged })];
  const inputs = await inputsIn(engine, training, logged);
  if (inputs.length < 2) return [notJudged(service, 'fewer than two inputs are left that could be compared')];
  const windows = drift.by === 'windows' ? windowsOfTraining(training, config.windowMs) : null;
  const selected = (prefix: string): string => inputValues(inputs, prefix);
  const { findings } = await judgeTogether(engine, {
    reference: `SELECT ${selected('')}${windows?.selected ?? ''}${drawnSql(training)} FROM (${training.sql})`,
    drawn: training.drawn,
    current: `SELECT ${selected('input.')} FROM ${quoteName(table)}`,
    columns: inputs.map(({ name, type }: FeatureColumn) => ({ name, type })),
    falseAlarms: drift.falseAlarms,
    floor: drift.floor,
    windows,
  });
  return findings.map((finding) => evidenceOf(service, finding));
}

/** Numbers, classes and vectors. */
function isCompared(type: LogicalType): boolean {
  return binning(type) !== null || type === 'array';
}

/** SQL of the values of inputs by their names, whose columns have a prefix. */
export function inputValues(inputs: readonly FeatureColumn[], prefix: string): string {
  const valueOf = (input: FeatureColumn): string => {
    const column = `${prefix}${input.name}`;
    return input.type === 'array' ? `TRY_CAST(${quoteName(column)} AS DOUBLE[])` : valueSql(column, input);
  };
  return inputs.map((input) => `${valueOf(input)} AS ${quoteName(input.name)}`).join(', ');
}

/** What is stored of the training set says how far its rows were from what they had in common: enough to judge by, where its rows are no longer kept. */
async function judgeWithoutRows(
  engine: Engine,
  service: string,
  { drift, table, reference, logged }: TogetherToJudge & { readonly logged: readonly FeatureColumn[] },
): Promise<Evidence> {
  const stored = reference.reconstruction ?? null;
  if (stored === null)
    return notJudged(service, 'the training set is no longer kept, and nothing is stored of what its columns had in common');
  const known = new Set(logged.map(({ name }) => name));
  const lacking = stored.dimensions.find(({ column }) => !known.has(column));
  if (lacking !== undefined)
    return notJudged(service, `the training set is no longer kept, and "${lacking.column}" is not looked at or not in the log`);
  const sql = `SELECT ${inputValues(logged, 'input.')} FROM ${quoteName(table)}`;
  const sample = await sampleRows(engine, { sql, columns: logged, most: mostJointRows });
  const found = judgeReconstruction(stored, sample, { floor: drift.floor, confidence: jointConfidence, seed: 1 });
  const [finding] = found === null ? [] : findingsOf([found], drift.falseAlarms);
  return finding === undefined ? notJudged(service, 'there are too few rows') : evidenceOf(service, finding);
}

const momentColumn = 'tidegate.moment';

/** The share of the training set that a window of the monitor is, and the time of its rows to select with them. */
export function windowsOfTraining(
  { time, spanMs }: TrainingRows,
  windowMs: number,
): { readonly orderBy: string; readonly share: number; readonly selected: string } | null {
  if (time === null || spanMs === null) return null;
  const selected = `, TRY_CAST(${quoteName(time)} AS TIMESTAMP) AS ${quoteName(momentColumn)}`;
  return { orderBy: momentColumn, share: windowMs / spanMs, selected };
}

/** SQL of the column that smaller samples are taken by, to select with the rows of a sample. */
export function drawnSql({ drawn }: TrainingRows): string {
  return drawn === null ? '' : `, ${quoteName(drawColumn)}`;
}

function evidenceOf(service: string, finding: JointFinding): Evidence {
  const { name, verdict, reason } = finding;
  return {
    format: 'tidegate.evidence/1',
    kind: 'drift',
    name: `drift.together.${name}`,
    subject: `services.${service}`,
    verdict,
    blocking: false,
    reason,
    details: recordJson(finding),
  };
}

function notJudged(service: string, why: string): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind: 'drift',
    name: 'drift.together',
    subject: `services.${service}`,
    verdict: 'inconclusive',
    blocking: false,
    reason: `What inputs do together cannot be judged: ${why}`,
    details: null,
  };
}
