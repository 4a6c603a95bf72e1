import type { Evidence } from '@tidegate/formats';
import { measured } from '../../render/figures.ts';
import { detailsShapes, readDetails } from '../../model-evidence/details.ts';
import { verdictTone } from '../badge.ts';
import { dataTable } from '../data-table.ts';
import { intervalPlot } from '../forest.ts';
import { type Html, html } from '../html.ts';
import { tickText } from '../plot-frame.ts';
import { evidenceTable } from './evidence-table.ts';
import { withInterval } from './figures.ts';

/** Gaps between groups: against the limit, against the champion, and what each group has. */
export function fairnessPart(evidence: readonly Evidence[]): Html | null {
  if (evidence.length === 0) return null;
  const limits = evidence.flatMap((one) => {
    const details = readDetails(detailsShapes.gap, one);
    return details === null ? [] : [{ one, details }];
  });
  const growths = evidence.flatMap((one) => {
    const details = readDetails(detailsShapes.growth, one);
    return details === null ? [] : [{ one, details }];
  });
  const others = evidence.filter((one) => ![...limits, ...growths].some((told) => told.one === one));
  const [limit] = limits;
  const [growth] = growths;
  return html`${
    limit &&
    intervalPlot(
      limits.map(({ one, details: { measure, column, gap } }) => ({
        name: `${measure} by ${column}`,
        ...gap,
        tone: verdictTone[one.verdict],
        note: `${one.verdict}: ${withInterval(gap)}`,
      })),
      {
        axis: 'largest difference between two groups, with its interval',
        guides: [
          { at: 0, name: 'none' },
          { at: limit.details.max, name: `at most ${tickText(limit.details.max)}` },
        ],
      },
    )
  }${
    growth &&
    intervalPlot(
      growths.map(({ one, details: { measure, column, candidate, champion, difference } }) => ({
        name: `${measure} by ${column}`,
        value: -difference.value,
        low: -difference.high,
        high: -difference.low,
        tone: verdictTone[one.verdict],
        note: `${one.verdict}: ${measured(candidate)}, champion ${measured(champion)}`,
      })),
      {
        axis: "by how much the gap is larger than the champion's, with its interval",
        guides: [
          { at: 0, name: 'equal' },
          { at: growth.details.margin, name: `margin ${tickText(growth.details.margin)}` },
        ],
      },
    )
  }${groupTables(limits.map(({ details }) => details))}${evidenceTable('What cannot be compared', others)}`;
}

interface GroupValues {
  readonly measure: string;
  readonly column: string;
  readonly groups: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** One table a column: measures beside each other. */
function groupTables(limits: readonly GroupValues[]): readonly (Html | null)[] {
  const columns = [...new Set(limits.map(({ column }) => column))];
  return columns.map((column) => {
    const own = limits.filter((limit) => limit.column === column);
    const names = [...new Set(own.flatMap(({ groups }) => groups.map(({ name }) => name)))];
    return dataTable(
      `Groups by ${column}`,
      [{ name: column }, ...own.map(({ measure }) => ({ name: measure, kind: 'number' as const }))],
      names.map((name) => [
        name,
        ...own.map(({ groups }) => (groups.find((group) => group.name === name)?.values ?? []).map(measured).join(' / ')),
      ]),
    );
  });
}
