import type { Evaluation, Evidence } from '@tidegate/formats';
import { measured } from '../../render/figures.ts';
import { detailsShapes, readDetails } from '../../model-evidence/details.ts';
import { lastPart } from '../../model-evidence/model-evidence.ts';
import { verdictTone } from '../badge.ts';
import { intervalPlot } from '../forest.ts';
import { type Html, html } from '../html.ts';
import { evidenceTable } from './evidence-table.ts';
import { marginGuides } from './metric-part.ts';

/** What spoiled inputs do, against the champion, or without one against the rows as they are. */
export function robustnessPart(evidence: readonly Evidence[], { champion }: Pick<Evaluation, 'champion'>): Html | null {
  const told = evidence.flatMap((one) => {
    const details = readDetails(detailsShapes.comparison, one);
    return details === null ? [] : [{ one, details }];
  });
  const others = evidence.filter((one) => !told.some((some) => some.one === one));
  const [first] = told;
  if (evidence.length === 0) return null;
  const beside = champion === null ? 'as it is' : 'champion';
  return html`${
    first &&
    intervalPlot(
      told.map(({ one, details: { candidate, champion: theirs, difference, low, high } }) => ({
        name: lastPart(one),
        value: difference,
        low,
        high,
        tone: verdictTone[one.verdict],
        note: `${one.verdict}: ${measured(candidate)}, ${beside} ${measured(theirs)}`,
      })),
      {
        axis: `difference in ${first.details.metric} with spoiled inputs: ${champion === null ? 'spoiled − as they are' : 'candidate − champion'}, with its interval`,
        guides: marginGuides(first.details.margin),
      },
    )
  }${evidenceTable('Not tried, or not answered', others)}`;
}
