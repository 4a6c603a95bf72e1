import { failure, nearest } from '@tidegate/formats';

/** The kind that an option names; null when it is not given. @throws TG-CLI-USAGE for one that does not exist */
export function oneOfKinds<const K extends string>(option: string, given: string | undefined, kinds: readonly K[]): K | null {
  if (given === undefined) return null;
  const found = kinds.find((kind) => kind === given);
  if (found !== undefined) return found;
  const near = nearest(given, kinds);
  throw failure(
    'TG-CLI-USAGE',
    `Cannot use "--${option} ${given}": there is no such kind`,
    near === null ? `Kinds: ${kinds.join(', ')}` : `Did you mean "${near}"?`,
  );
}
