import type { shape } from '@tidegate/formats';

/** Refuses some values without repeating them, as other shapes do, for one of these may be a secret that somebody wrote down. */
export function withheld<T>(
  of: shape.Shape<T>,
  isRefused: (value: unknown) => boolean,
  { wants, hint }: { readonly wants: string; readonly hint: string },
): shape.Shape<T> {
  return {
    schema: of.schema,
    check: (value, path, problems) => {
      if (!isRefused(value)) return of.check(value, path, problems);
      problems.push({ path, at: 'value', message: `"${path.join('.')}" ${wants}`, hint });
      return undefined;
    },
  };
}
