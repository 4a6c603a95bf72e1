import type { ReleaseManifest, ScoreMoments } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { loadDefinitions } from '../features/index.ts';
import { openInput } from './input/open-input.ts';
import type { ScoreInput } from './input/score-input.ts';
import { finishedParts, type JobFolder, type ScoreJob } from './job-folder.ts';
import { momentColumn, type MomentSource, requestQuery } from './request-query.ts';
import { refuseTwins, resultColumns } from './result-columns.ts';
import type { ScoreOrder } from './score-order.ts';
import { type PartRecord, partPaths, scorePart } from './score-part.ts';
import { looksUp, openScorer } from './scorer.ts';

export interface PartsToScore {
  readonly order: ScoreOrder;
  readonly manifest: ReleaseManifest;
  readonly job: ScoreJob;
  readonly folder: JobFolder;
  /** Called before a part is recorded. @throws when the input is not what it was */
  readonly check: () => Promise<void>;
}

export interface ScoredParts {
  /** Of all parts, those included that had been finished before. */
  readonly records: readonly PartRecord[];
  readonly moments: Pick<ScoreMoments, 'from' | 'column'>;
}

/** Scores the parts of an input that are not finished yet, each recorded before the next is begun. */
export async function scoreParts(engine: Engine, { order, manifest, job, folder, check }: PartsToScore): Promise<ScoredParts> {
  const { signal, progress } = order;
  const input = await openInput(engine, { path: order.input, folder: folder.work, size: order.chunkRows });
  const results = resultColumns(manifest);
  refuseTwins(input.columns, results);
  const moment = await momentOf(order, { manifest, input, nowMs: job.nowMs });
  const records = [...(await finishedParts(folder))];
  const rows = (): number => records.reduce((sum, record) => sum + record.rows, 0);
  const told = { from: moment?.from ?? 'none', column: moment?.source.kind === 'column' ? moment.source.column.name : null } as const;
  const parts = input.parts(records.length)[Symbol.asyncIterator]();
  try {
    let part = await parts.next();
    if (part.done === true) return { records, moments: told };
    progress('loading the model and the features', rows());
    await using scorer = await openScorer({ ...order, folder: folder.work });
    const request = requestQuery(input, { fields: scorer.fields, moment: moment?.source ?? null });
    for (; part.done !== true; part = await parts.next()) {
      signal.throwIfAborted();
      progress('scoring', rows());
      const paths = partPaths(folder.chunks, records.length);
      const own = { scorer, columns: input.columns, results, request, hasMoments: moment !== null, folder: folder.work, paths, check };
      records.push(await scorePart(engine, part.value, own));
    }
    return { records, moments: told };
  } finally {
    await parts.return?.();
  }
}

interface Moment {
  readonly from: 'option' | 'column' | 'now';
  readonly source: MomentSource;
}

interface MomentParts {
  readonly manifest: ReleaseManifest;
  readonly input: ScoreInput;
  readonly nowMs: number;
}

/** Null where nothing is looked up: then it does not matter. */
async function momentOf({ store, asOfMs }: ScoreOrder, { manifest, input, nowMs }: MomentParts): Promise<Moment | null> {
  if (!looksUp(manifest) || manifest.definitions === null) return null;
  if (asOfMs !== null) return { from: 'option', source: { kind: 'given', atMs: asOfMs } };
  const { time } = await loadDefinitions(store, manifest.definitions);
  const column = momentColumn(input.columns, time);
  return column === null ? { from: 'now', source: { kind: 'given', atMs: nowMs } } : { from: 'column', source: { kind: 'column', column } };
}
