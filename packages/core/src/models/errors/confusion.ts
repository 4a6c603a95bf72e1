import type { ErrorAnalysis, Signature } from '@tidegate/formats';
import type { Sample } from '@tidegate/runtime';

/** More classes than these make no table that somebody reads. */
const mostClasses = 20;

/** How often each class is taken for which: rows that have the label, by what the model says. Null for what has no classes, or too many. */
export function confusionOf({ classes }: Signature, { task, truth, prediction }: Sample): ErrorAnalysis['confusion'] {
  if ((task !== 'binary' && task !== 'multiclass') || classes.length > mostClasses) return null;
  const counts = classes.map(() => classes.map(() => 0));
  truth.forEach((label, row) => {
    const said = prediction[row] ?? Number.NaN;
    const column = task === 'binary' ? Number(said > 0.5) : said;
    const line = counts[label];
    if (line === undefined || !Number.isFinite(said)) return;
    line[column] = (line[column] ?? 0) + 1;
  });
  return { classes, counts };
}
