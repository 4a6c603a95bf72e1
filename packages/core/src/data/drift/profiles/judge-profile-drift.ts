import { seededRandom } from '@tidegate/runtime';
import { invalidView, problemOf, type DataDriftSettings, type FoundColumn, type JudgedSides, judgedSides } from '../judged-sides.ts';
import type { EventSpan } from '../drift-side.ts';
import { binning, isFewNumbers } from '../reference-column.ts';
import { categoriesOfProfiles, listedCategories } from './categories-of-profiles.ts';
import type { ComparedParts } from './compared-parts.ts';
import { numbersOfProfiles } from './numbers-of-profiles.ts';
import { seedOfCounts } from './seed-of-counts.ts';
import type { ProfileSide } from './profile-side.ts';
import { profiledViews, type ProfiledView } from './profiled-views.ts';

/**
 * Judges a version against another one by what their profiles keep, column by column, by the same tests as rows are: {@link judgeDataDrift} needs the rows, this needs none. Numbers are counted in bins whose borders both profiles
 * have, so that counts are exact; where a profile does not tell rows apart the error says how much of a change that may hide, and a verdict that depends on it is left open.
 *
 * Seasons and windows of time are in no profile: all rows are compared with all, and a change counts from nothing.
 */
export function judgeProfileDrift(
  { before, after }: { readonly before: ProfileSide; readonly after: ProfileSide },
  settings: DataDriftSettings,
): JudgedSides {
  const { views, leftOut } = profiledViews(before, after, settings.ignore);
  const types = new Map(after.columns.map(({ name, type }) => [name, type]));
  const rows = { before: before.whole.rows, after: after.whole.rows };
  const found: FoundColumn[] = [];
  const invalid = [];
  for (const view of views) {
    const problem = problemOf(view, types.get(view.column.name));
    if (problem === null) found.push({ view, isPersonal: false, ...comparedParts(view, rows) });
    else invalid.push(invalidView(view, problem));
  }
  const isTimed = before.time !== null && after.time !== null && (settings.seasons || settings.by === 'windows');
  return judgedSides(found, {
    invalid,
    leftOut,
    settings,
    windowMs: null,
    seasons: isTimed ? ['A season cannot be told from drift, and nothing is known to be usual: profiles tell of all rows together'] : [],
    rows,
    spans: { before: spanOf(before), after: spanOf(after) },
    from: 'profiles',
  });
}

function comparedParts({ column: { name, type }, view, before, after }: ProfiledView, rows: JudgedSides['rows']): ComparedParts {
  const column = { name, type: view === 'values' ? type : 'string', role: 'input' } as const;
  const random = seededRandom(seedOfCounts([before, after]));
  const areListed = [before, after].every(({ values }) => values !== null && values.error === 0);
  const isFew = areListed && isFewNumbers(before.values?.values.length ?? 0);
  if (binning(column.type) === 'numbers' && !isFew) return numbersOfProfiles(before, after, column, random);
  if (areListed) return categoriesOfProfiles(before, after, { column, rows: rows.before, random });
  return listedCategories(before, after, { column, rows, random });
}

/** Of the event time. */
function spanOf({ time, whole }: ProfileSide): EventSpan | null {
  const { first = null, last = null } = whole.columns.find(({ name }) => name === time) ?? {};
  const [fromMs, untilMs] = [Date.parse(first ?? ''), Date.parse(last ?? '')];
  return Number.isFinite(fromMs) && Number.isFinite(untilMs) ? { fromMs, untilMs } : null;
}
