import { quoteText } from '@tidegate/runtime';

/** A path as an SQL text in which the engine's file functions find no pattern. */
export function globText(path: string): string {
  return quoteText(path.replace(/[[*?]/g, '[$&]'));
}

/** Objects as an SQL list of paths. */
export function sqlList(files: readonly { readonly object: string }[]): string {
  return `[${files.map(({ object }) => globText(object)).join(', ')}]`;
}
