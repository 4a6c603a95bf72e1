import type { Evidence } from '@tidegate/formats';
import { measured, whole } from '../../render/figures.ts';
import { detailsShapes, readDetails } from '../../model-evidence/details.ts';
import { dataTable } from '../data-table.ts';
import { type Html, html } from '../html.ts';
import { evidenceTable, verdictBadge } from './evidence-table.ts';

const kinds: { readonly [kind: string]: string } = { function: 'must know', same: 'must not change', direction: 'must move one way' };

/** Behaviour suites, test by test. */
export function behaviourPart(evidence: readonly Evidence[]): Html | null {
  if (evidence.length === 0) return null;
  const told = evidence.flatMap((one) => {
    const details = readDetails(detailsShapes.behaviour, one);
    return details === null ? [] : [{ one, details }];
  });
  const others = evidence.filter((one) => !told.some((some) => some.one === one));
  const hasChampion = told.some(({ details }) => details.champion !== undefined);
  const table = dataTable(
    'Behaviour tests',
    [
      { name: 'Test', kind: 'words' },
      { name: 'Verdict' },
      { name: 'Sort' },
      { name: 'Failures', kind: 'number' },
      ...(hasChampion
        ? [
            { name: 'New', kind: 'number' as const },
            { name: 'Fixed', kind: 'number' as const },
          ]
        : []),
      { name: 'For example', kind: 'words' },
    ],
    told.map(({ one, details: { suite, name, kind, cases, failures, champion, examples, most } }) => [
      `${suite}: ${name}`,
      verdictBadge(one),
      kinds[kind] ?? kind,
      `${whole(failures)} of ${whole(cases)}, ${Number((100 * most).toPrecision(4))} % allowed`,
      ...(hasChampion
        ? [champion === undefined ? '' : whole(champion.onlyCandidate), champion === undefined ? '' : whole(champion.onlyChampion)]
        : []),
      examples.slice(0, 2).map(exampleText).join('; '),
    ]),
  );
  return html`${table}${evidenceTable('Not tried', others)}`;
}

function exampleText({ before, after }: { readonly before: string; readonly after?: string }): string {
  return after === undefined ? `says ${short(before)}` : `${short(before)} becomes ${short(after)}`;
}

function short(answer: string): string {
  const value = Number(answer);
  return answer !== '' && Number.isFinite(value) ? measured(value) : answer;
}
