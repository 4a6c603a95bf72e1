import type { PlaceInOrder } from '../rows/sort-rows.ts';

/** Where rows in their order are cut into groups, told while more of them come. */
export interface GroupCuts {
  /**
   * Takes the places, in order, up to a place that is not among them.
   *
   * @param candidates those of them before which a hash of the key allows a cut, the first place of all aside
   * @returns places where groups begin, the first one aside: bare numbers where one has to because no candidate came
   */
  readonly take: (candidates: readonly PlaceInOrder[], upTo: number) => readonly (PlaceInOrder | number)[];
}

/** How often the hash of a key allows a cut, and the most rows of a group. */
export function groupLengths(rowsPerGroup: number): { readonly least: number; readonly most: number } {
  return { least: Math.floor(rowsPerGroup / 2), most: 2 * rowsPerGroup };
}

/** @param start the first place */
export function groupCuts(start: number, rowsPerGroup: number): GroupCuts {
  const { least, most } = groupLengths(rowsPerGroup);
  let last = start;
  return {
    take: (candidates, upTo) => {
      const cuts: (PlaceInOrder | number)[] = [];
      const force = (end: number): void => {
        while (end - last > most) {
          last += most;
          cuts.push(last);
        }
      };
      for (const candidate of candidates) {
        force(candidate.at);
        if (candidate.at - last < least) continue;
        cuts.push(candidate);
        last = candidate.at;
      }
      force(upTo);
      return cuts;
    },
  };
}
