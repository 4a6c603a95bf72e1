import { type FineNote, type Json, type MeasuredVersion, recordJson, TidegateError } from '@tidegate/formats';
import type { Remote } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { addNotes, fineNotes } from './fine-notes.ts';
import { addMeasured, measuredVersions } from './measured-versions.ts';

/** What a remote keeps of the past of a dataset. Format: docs/reference/formats/anomalies.md */
interface SharedHistory {
  readonly format: 'tidegate.dataset-history/1';
  readonly project: string;
  readonly dataset: string;
  /** The newest ones, in the order of their moments. */
  readonly measured: readonly MeasuredVersion[];
  readonly notes: readonly FineNote[];
}

/** So many versions are shared, fewer where they are wide: a record is read as a whole. */
const mostVersions = 100;
const mostBytes = 1024 ** 2;

/** As {@link takeOverHistories}, before a run: a remote that does not answer is no reason not to begin it. */
export async function takeOverHistoriesFirst(project: Project): Promise<void> {
  if (project.remote === null) return;
  try {
    await takeOverHistories(project, project.remote);
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
  }
}

/** Takes over what other machines have measured and said, one question for all datasets. @throws TG-STORE-REMOTE-… */
async function takeOverHistories(project: Project, remote: Remote): Promise<void> {
  const datasets = Object.keys(project.config.data);
  if (datasets.length === 0) return;
  const there = await remote.readRecords(datasets.map((dataset) => nameOf(project, dataset)));
  for (const [index, dataset] of datasets.entries()) {
    const shared = parseHistory(there[index] ?? null, project, dataset);
    if (shared === null) continue;
    const known = new Set(measuredVersions(project, dataset).map(({ version }) => version));
    const measured = shared.measured.filter(({ version }) => !known.has(version));
    const said = new Set(fineNotes(project, dataset).map(({ id }) => id));
    const notes = shared.notes.filter(({ id }) => !said.has(id));
    if (measured.length > 0) addMeasured(project, measured);
    if (notes.length > 0) addNotes(project, notes);
  }
}

/**
 * Puts what is known here of the past of datasets into the remote, with what is there. Of two machines that write at once one may be lost for
 * now: it adds what is missing the next time. Only zones that others trust write.
 *
 * @throws TG-STORE-REMOTE-…
 */
export async function shareHistories(project: Project, remote: Remote): Promise<void> {
  if (remote.zone !== 'main' && remote.zone !== 'release') return;
  const own = Object.keys(project.config.data).flatMap((dataset) => {
    const [measured, notes] = [measuredVersions(project, dataset), fineNotes(project, dataset)];
    return measured.length === 0 && notes.length === 0 ? [] : [{ dataset, name: nameOf(project, dataset) }];
  });
  if (own.length === 0) return;
  await takeOverHistories(project, remote);
  const there = await remote.readRecords(own.map(({ name }) => name));
  for (const [index, { dataset, name }] of own.entries()) {
    const record = historyOf(project, dataset);
    if (JSON.stringify(there[index] ?? null) !== JSON.stringify(record)) await remote.replaceRecord(name, record);
  }
}

function historyOf(project: Project, dataset: string): Json {
  let measured = measuredVersions(project, dataset).slice(-mostVersions);
  const record = (): SharedHistory => ({
    format: 'tidegate.dataset-history/1',
    project: project.name,
    dataset,
    measured,
    notes: fineNotes(project, dataset),
  });
  while (measured.length > 1 && JSON.stringify(record()).length > mostBytes) measured = measured.slice(Math.ceil(measured.length / 4));
  return recordJson(record());
}

function nameOf({ name }: Pick<Project, 'name'>, dataset: string): string {
  return `histories/${name}/${dataset}`;
}

/** Null for anything else: what comes from elsewhere is looked at. */
function parseHistory(value: Json, { name }: Pick<Project, 'name'>, dataset: string): Pick<SharedHistory, 'measured' | 'notes'> | null {
  if (!isMapping(value) || value['format'] !== 'tidegate.dataset-history/1') return null;
  const { measured, notes } = value;
  if (!Array.isArray(measured) || !Array.isArray(notes)) return null;
  const isOwn = (one: Json): boolean => isMapping(one) && one['project'] === name && one['dataset'] === dataset;
  return {
    measured: measured.filter(isOwn).filter(isMeasured),
    notes: notes.filter(isOwn).filter(isNote),
  };
}

function isMeasured(value: Json): value is Json & MeasuredVersion {
  if (!isMapping(value) || value['format'] !== 'tidegate.measured-version/1') return false;
  const { version, at, newestEvent, columns, verdict, measures } = value;
  const isVersion =
    typeof version === 'string' && /^sha256:[0-9a-f]{64}$/.test(version) && typeof columns === 'number' && typeof verdict === 'string';
  return isVersion && isTime(at) && (newestEvent === null || isTime(newestEvent)) && Array.isArray(measures) && measures.every(isMeasure);
}

function isMeasure(value: Json): boolean {
  if (!isMapping(value)) return false;
  const { name, column, sort } = value;
  const isNamed = typeof name === 'string' && (column === null || typeof column === 'string');
  const isSort = ['count', 'values', 'rate', 'mean', 'lag'].some((one) => one === sort);
  return isNamed && isSort && ['value', 'rows', 'error', 'unit'].every((member) => typeof value[member] === 'number');
}

function isNote(value: Json): value is Json & FineNote {
  if (!isMapping(value) || value['format'] !== 'tidegate.fine-note/1') return false;
  const { id, version, measure, isFine, reason, by, at } = value;
  const areTexts =
    typeof id === 'string' && typeof version === 'string' && [measure, reason].every((one) => one === null || typeof one === 'string');
  return areTexts && typeof isFine === 'boolean' && isTime(at) && (by === null || (isMapping(by) && typeof by['name'] === 'string'));
}

function isTime(value: Json | undefined): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

function isMapping(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
