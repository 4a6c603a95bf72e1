import type { Signature } from '@tidegate/formats';
import { classIndex } from './class-index.ts';

/** Why the predictions of two models cannot be compared: they answer different questions. Null when they can. */
export function whyNoRivals(champion: Signature, candidate: Signature): string | null {
  const rename = 'a model for another purpose needs a name of its own';
  if (champion.task !== candidate.task) return `The champion's task is ${champion.task}, the candidate's ${candidate.task}: ${rename}`;
  const indexOf = classIndex(champion.classes);
  const isSame = champion.classes.length === candidate.classes.length && candidate.classes.every((name, index) => indexOf(name) === index);
  return isSame
    ? null
    : `The champion tells ${champion.classes.join(', ')} apart, the candidate ${candidate.classes.join(', ')}: ${rename}`;
}
