import { type Evidence, type MonitorPart, type MonitorWindow, type ReferenceColumn, worstVerdict } from '@tidegate/formats';
import { judgeDrift, quoteName } from '@tidegate/runtime';
import { type CurrentColumn, currentColumn, driftConfidence, valueSql } from '../../data/index.ts';
import type { DriftConfig } from '../../config/index.ts';
import { count } from '../../evidence/index.ts';
import { nothingIn, partOf, type Part } from '../part.ts';
import { predictionWindow } from '../prediction-window.ts';
import { rowsToTry } from '../rows-to-try.ts';
import type { Watched } from '../watched.ts';
import { driftEvidence, invalidColumn } from './drift-evidence.ts';
import { judgeInputsTogether } from './judge-inputs-together.ts';
import { slicesOfWindow } from './slices-of-window.ts';
import { driftReference, type ReferenceSources } from './drift-reference.ts';

/** Whether the inputs and predictions of the window are those that the live model was made for; with `only`, whether these inputs are. */
export async function judgeWindowDrift(
  sources: ReferenceSources,
  watched: Watched,
  drift: DriftConfig,
  { only = null }: { readonly only?: ReadonlySet<string> | null } = {},
): Promise<Part> {
  const { config, nowMs, live, log } = watched;
  const { window, columns } = await predictionWindow(sources.engine, {
    log,
    release: live.release,
    fromMs: nowMs - config.windowMs,
    untilMs: nowMs,
    table,
  });
  if (window.rows === 0) return nothingIn('drift', window);
  return judgeTable(sources, watched, { drift, only, window, rows: window.rows, columns, source: 'the prediction log' });
}

/** Who watches what, without the moment and the log of a check. */
export type Tried = Pick<Watched, 'service' | 'personal' | 'floors' | 'hidden' | 'live'> & {
  readonly config: Pick<Watched['config'], 'windowMs'>;
};

/**
 * The same of rows in a file that has the inputs of the model as columns, as its training set has, and maybe `prediction`: what the monitor
 * would say if these were asked.
 *
 * @throws TG-CLI-NOT-FOUND when the file cannot be read
 */
export async function judgeRowsDrift(sources: ReferenceSources, tried: Tried, drift: DriftConfig, file: string): Promise<Part> {
  const inputs = tried.live.version.signature.inputs.map(({ name }) => name);
  const { rows, columns } = await rowsToTry(sources.engine, { file, inputs, table });
  const noRows = { verdict: 'inconclusive', reason: 'The file has no rows', window: null } as const;
  if (rows === 0) return partOf('drift', noRows);
  return judgeTable(sources, tried, { drift, only: null, window: null, rows, columns, source: 'the file' });
}

const table = 'drift_window';

interface TableToJudge {
  readonly drift: DriftConfig;
  /** Inputs that are looked at, and nothing else; null: everything. */
  readonly only: ReadonlySet<string> | null;
  readonly window: MonitorWindow | null;
  readonly rows: number;
  readonly columns: ReadonlySet<string>;
  /** Where the rows are from, in words. */
  readonly source: string;
}

async function judgeTable(sources: ReferenceSources, watched: Tried, judging: TableToJudge): Promise<Part> {
  const { engine } = sources;
  const { live } = watched;
  const { drift, only, window, columns, source } = judging;
  const model = { digest: live.digest, version: live.version, evaluation: live.evaluation };
  const reference = await driftReference(sources, model, watched.config.windowMs);
  if (reference === null || reference.trainedOn === null)
    return partOf('drift', {
      verdict: 'inconclusive',
      reason: 'It is not known what the live model was trained on, so there is nothing to compare with',
      window,
    });
  const found: CurrentColumn[] = [];
  const invalid: Evidence[] = [];
  for (const column of watchedColumns(reference.columns, watched, { drift, only })) {
    const name = logColumn(column, watched);
    if (window === null && column.role === 'prediction' && !columns.has(name)) continue; // a file need not have predictions
    const problem = columns.has(name)
      ? await unreadable(sources, name, { column, isPersonal: isHidden(column, watched) })
      : `${source} has no such column`;
    if (problem === null) found.push(await currentColumn(engine, { table, value: valueSql(name, column) }, column));
    else invalid.push(invalidColumn(watched.service, column, problem));
  }
  const judged = judgeDrift(
    found.map(({ reference, binned }) => ({
      ...binned,
      floor: floorOf(reference, watched, drift),
      ...(drift.by === 'windows' && { usual: reference.usual ?? 0, usualMissing: reference.usualMissing ?? 0 }),
    })),
    { falseAlarms: drift.falseAlarms, floor: drift.floor, confidence: driftConfidence },
  );
  const evidence = [
    ...found.flatMap((current, index) => {
      const own = judged[index];
      return own === undefined
        ? []
        : [
            driftEvidence(watched.service, current, own, {
              ...drift,
              floor: floorOf(current.reference, watched, drift),
              isPersonal: isHidden(current.reference, watched),
            }),
          ];
    }),
    ...invalid,
    ...(drift.together ? await judgeInputsTogether(sources, watched, { drift, table, columns, reference }) : []),
  ];
  const isMoved = evidence.some(({ verdict }) => verdict === 'fail');
  // a slice is named by its value
  const unnamed = { ...watched, personal: [...watched.personal, ...watched.hidden] };
  const slices = drift.together && isMoved ? await slicesOfWindow(sources, unnamed, { drift, table, columns, reference }) : null;
  if (evidence.length === 0)
    return partOf('drift', { verdict: 'inconclusive', reason: 'No column is left that could be compared', window });
  return partOf(
    'drift',
    { verdict: worstVerdict(evidence.map(({ verdict }) => verdict)), reason: summary(evidence, seenWords(judging)), window },
    slices === null ? evidence : [...evidence, slices],
  );
}

/** Without what is ignored, what is logged as hashes, and texts of which each row has another. */
function watchedColumns(
  columns: readonly ReferenceColumn[],
  { personal }: Tried,
  { drift: { ignore }, only }: Pick<TableToJudge, 'drift' | 'only'>,
): readonly ReferenceColumn[] {
  return columns.filter(
    (column) =>
      (only === null || (column.role === 'input' && only.has(column.column))) &&
      !(column.role === 'input' && (ignore.includes(column.column) || personal.includes(column.column))) &&
      !(column.kind === 'categories' && column.values.length === 0 && column.rare === null),
  );
}

/** What a data contract allows of an input, or else the floor of the monitor. */
function floorOf({ column, role }: ReferenceColumn, { floors }: Tried, { floor }: DriftConfig): number {
  return (role === 'input' ? floors.get(column) : undefined) ?? floor;
}

/** Whether a data contract keeps its values for itself. */
function isHidden({ column, role }: ReferenceColumn, { hidden }: Pick<Tried, 'hidden'>): boolean {
  return role === 'input' && hidden.has(column);
}

/** The log keeps the class of a classifier of several classes as `label`. */
function logColumn({ column, role }: ReferenceColumn, { live }: Tried): string {
  if (role === 'input') return `input.${column}`;
  return live.version.signature.task === 'multiclass' ? 'label' : 'prediction';
}

/** Values that are no longer of the column's type. */
async function unreadable(
  { engine }: ReferenceSources,
  name: string,
  { column, isPersonal }: { readonly column: ReferenceColumn; readonly isPersonal: boolean },
): Promise<string | null> {
  const raw = quoteName(name);
  const [found = {}] = await engine.rows(
    `SELECT count(*) AS rows, any_value(CAST(${raw} AS VARCHAR)) AS example FROM ${table}
     WHERE ${raw} IS NOT NULL AND ${valueSql(name, column)} IS NULL AND CAST(${raw} AS VARCHAR) <> 'nan'`,
  );
  const rows = Number(found['rows']);
  if (rows === 0) return null;
  const example = isPersonal ? '' : ` such as "${String(found['example']).slice(0, 40)}"`;
  return `it is of type ${column.type} there, and ${count(rows)} values${example} are not`;
}

/** `by 5,000 predictions` */
function seenWords({ rows, window }: TableToJudge): string {
  const what = window === null ? 'row' : 'prediction';
  return `by ${count(rows)} ${rows === 1 ? what : `${what}s`}`;
}

function summary(evidence: readonly Evidence[], seen: string): string {
  const named = (verdict: MonitorPart['verdict']): readonly string[] =>
    evidence.filter((one) => one.verdict === verdict).map(nameInSummary);
  const counted = evidence.filter(({ name }) => !isTogether(name)).length;
  const [failed, invalid, open] = [named('fail'), named('invalid'), named('inconclusive')];
  const parts = [
    ...(invalid.length > 0 ? [`${some(invalid)} cannot be compared`] : []),
    ...(failed.length > 0 ? [`${some(failed)} moved`] : []),
    ...(open.length > 0 ? [`${some(open)} cannot be judged`] : []),
  ];
  return parts.length === 0 ? `All ${counted} columns are as they were, ${seen}` : `Of ${counted} columns ${parts.join(', ')}, ${seen}`;
}

function isTogether(name: string): boolean {
  return name.startsWith('drift.together');
}

/** `wind`, `together (pairs)` */
function nameInSummary({ name }: Evidence): string {
  return isTogether(name)
    ? name.replace(/^drift\.together\.?(.*)$/, (_, method: string) => (method === '' ? 'together' : `together (${method})`))
    : name.replace(/^drift\.(input\.)?/, '');
}

function some(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
