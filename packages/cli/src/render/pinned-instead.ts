/** That a table of which no file is here is taken as it is pinned. */
export function pinnedInsteadWords(dataset: string): string {
  return `data.${dataset}: none of its files is here; the rows of its pinned version are used`;
}
