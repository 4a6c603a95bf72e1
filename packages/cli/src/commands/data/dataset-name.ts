import { failure } from '@tidegate/formats';

/** The dataset that is asked about, with or without `data.` before its name. */
export function datasetName([name = '']: readonly string[]): string {
  return name.replace(/^data\./, '');
}

/** A dataset, and the version that is asked about: `images@HEAD~1`, or as `--version` says; null = the pinned one. @throws TG-CLI-USAGE for both */
export function datasetAt(
  words: readonly string[],
  option: string | undefined,
): { readonly name: string; readonly version: string | null } {
  const [name = '', ...rest] = datasetName(words).split('@');
  if (rest.length === 0) return { name, version: option ?? null };
  if (option === undefined) return { name, version: rest.join('@') };
  throw failure(
    'TG-CLI-USAGE',
    `Cannot look into two versions: "${rest.join('@')}" and "${option}"`,
    'Leave out "--version", or what follows "@"',
  );
}
