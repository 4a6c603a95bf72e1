import { type Evidence, recordJson, type SliceDrift } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import { binning, findSlices } from '../../data/index.ts';
import { trainingRowsOf } from '../reference/training-rows.ts';
import type { Watched } from '../watched.ts';
import { inputsIn, type ReferenceSources } from './drift-reference.ts';
import { drawnSql, inputValues, type TogetherToJudge, windowsOfTraining } from './judge-inputs-together.ts';

/**
 * In which rows of the window inputs moved, ranked by what that does to the predictions of the live model: asked where something moved, to say where. It raises no alarm of its own.
 *
 * @returns null where neither the reference keeps rows of the training set nor the set is kept, or no slice moved beyond the rows it is part of
 */
export async function slicesOfWindow(
  sources: ReferenceSources,
  {
    service,
    personal,
    live,
    config,
  }: Pick<Watched, 'service' | 'personal' | 'live'> & { readonly config: Pick<Watched['config'], 'windowMs'> },
  { drift, table, columns, reference }: TogetherToJudge,
): Promise<Evidence | null> {
  const { engine } = sources;
  const training = await trainingRowsOf(sources, live, reference);
  if (training === null) return null;
  const { inputs, task } = live.version.signature;
  const known = (await inputsIn(engine, training, inputs)).filter(
    ({ name, type }) => binning(type) !== null && columns.has(`input.${name}`) && !drift.ignore.includes(name) && !personal.includes(name),
  );
  const hasPrediction = columns.has('prediction') && task !== 'multiclass';
  const prediction = (sql: string): string => (hasPrediction ? `, ${sql} AS ${quoteName(outcomeColumn)}` : '');
  const windows = drift.by === 'windows' ? windowsOfTraining(training, config.windowMs) : null;
  const found = await findSlices(engine, {
    reference: `SELECT ${inputValues(known, '')}${prediction('NULL::DOUBLE')}${windows?.selected ?? ''}${drawnSql(training)} FROM (${training.sql})`,
    drawn: training.drawn,
    current: `SELECT ${inputValues(known, 'input.')}${prediction('TRY_CAST(prediction AS DOUBLE)')} FROM ${quoteName(table)}`,
    columns: [...known, ...(hasPrediction ? [{ name: outcomeColumn, type: 'number' } as const] : [])],
    outcome: hasPrediction ? outcomeColumn : null,
    falseAlarms: drift.falseAlarms,
    floor: drift.floor,
    windows,
  });
  return found.found.length === 0 ? null : evidenceOf(service, found);
}

const outcomeColumn = 'the prediction';

function evidenceOf(service: string, slices: SliceDrift): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind: 'drift',
    name: 'drift.slices',
    subject: `services.${service}`,
    verdict: 'fail',
    blocking: false,
    reason: slices.found
      .slice(0, 3)
      .map(({ reason }) => reason)
      .join('; '),
    details: recordJson(slices),
  };
}
