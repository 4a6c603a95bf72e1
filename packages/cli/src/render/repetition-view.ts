import type { OutputDifference, Repetition, StepRecord } from '@tidegate/formats';
import type { Terminal } from './terminal.ts';
import { counted } from './words.ts';

/** A warning when a step that is to repeat exactly gave other bytes under the same key; nothing when it did not, or may differ. */
export function repetitionLines({ step, repetition }: StepRecord, { style }: Pick<Terminal, 'style'>): readonly string[] {
  if (repetition === undefined || repetition.repeats === 'differently') return [];
  const differing = repetition.differences.filter(({ isStable }) => !isStable);
  if (differing.length === 0) return [];
  const found = `the same key gave other bytes than in run ${repetition.earlier}: ${differing.map(differenceWords).join('; ')}`;
  if (repetition.counts === 'newer') return [style('yellow', `      ! ${found}; the newer result counts from now on`)];
  return [
    style('yellow', `      ! ${found}; the earlier result counts`),
    `      ${style('bold', 'fix:')} Take the newer one with "tidegate run --force ${step} --replace", or write "repeats: differently" if it cannot repeat`,
  ];
}

/** How often a result was made again and what came of it, in one sentence; null when it never was. */
export function repetitionsSentence(repetitions: readonly Repetition[]): string | null {
  if (repetitions.length === 0) return null;
  const times = `It was made again ${repetitions.length === 1 ? 'once' : counted(repetitions.length, 'time')} under this key`;
  const differing = repetitions.filter(({ differences }) => differences.length > 0);
  if (differing.length === 0) return `${times}, with the same bytes.`;
  const widest = differing
    .flatMap(({ differences }) => differences)
    .toSorted((one, other) => (other.spread?.relative ?? -1) - (one.spread?.relative ?? -1))[0];
  const outputs = [...new Set(differing.flatMap(({ differences }) => differences.map(({ output }) => output)))];
  const spread = widest?.spread ? `; at most ${differenceWords(widest)}` : '';
  return `${times}, ${differing.length === repetitions.length ? 'always' : `${differing.length} of them`} with other bytes in ${outputs.join(', ')}${spread}.`;
}

/** `report (auc 0.81 and 0.83, 2.4 % apart)` */
function differenceWords({ output, spread }: OutputDifference): string {
  if (spread === null) return output;
  const { path, before, after, relative } = spread;
  return `${output} (${path === '' ? '' : `${path} `}${short(before)} and ${short(after)}, ${Number((relative * 100).toPrecision(2))} % apart)`;
}

function short(value: number): number {
  return Number(value.toPrecision(6));
}
