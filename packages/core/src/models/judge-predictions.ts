import { type Engine, rowCount } from '@tidegate/runtime';
import { type JudgedModel, judgeModel, type JudgeRequest } from './judge-model.ts';
import { withWholeMetrics } from './custom/whole-metrics.ts';
import { readScoredRows } from './scored-rows.ts';

export interface JudgedPredictions extends JudgedModel {
  /** Rows with a label. */
  readonly rows: number;
  /** Rows left out of the comparison because the champion was trained on them. */
  readonly rowsExcluded: number;
}

/** Judges by a file that `writePredictions` wrote, and by nothing else. @throws TG-MODELS-SLICE-VALUES */
export async function judgePredictions(engine: Engine, path: string, request: JudgeRequest): Promise<JudgedPredictions> {
  const { settings, signature, hasIds, opponent } = request;
  const read = await readScoredRows(engine, path, {
    signature,
    slices: settings.evaluate.slices,
    custom: Object.entries(settings.evaluate.custom ?? {}).flatMap(([name, { of }]) => (of === 'rows' ? [name] : [])),
    baselines: request.baselines ?? [],
    corrupted: (request.corrupted ?? []).filter(({ lacks }) => lacks === null),
    seeds: (request.seeds ?? []).filter(({ lacks }) => lacks === null).map(({ seed }) => seed),
    hasIds,
    hasChampion: opponent.kind === 'scored',
  });
  const scored = withWholeMetrics(read, request.whole ?? []);
  return {
    ...judgeModel(scored, request),
    rows: rowCount(scored.candidate),
    rowsExcluded: scored.counts.champion.trainedOn,
  };
}
