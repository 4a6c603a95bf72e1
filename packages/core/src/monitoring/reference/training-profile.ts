import { type FeatureColumn, invariant, type ProfilePart } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { inTurn, measureRows } from '../../data/index.ts';
import type { TrainingSet } from '../../models/index.ts';

/** The profile part of the inputs in a training set. */
export async function trainingProfile(
  engine: Engine,
  { sql }: Pick<TrainingSet, 'sql'>,
  inputs: readonly FeatureColumn[],
): Promise<ProfilePart> {
  const part = await measureRows(inTurn([engine]), `SELECT ${inputs.map(({ name }) => quoteName(name)).join(', ')} FROM (${sql})`);
  invariant(part.columns.length === inputs.length, 'Every input is measured');
  return part;
}
