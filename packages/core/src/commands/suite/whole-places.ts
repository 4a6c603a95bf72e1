import { basename } from 'node:path';
import type { TestCase } from '@tidegate/formats';
import type { ResolvedInput } from '../../pipeline/index.ts';

/** Cases whose report names a file without its folder, as testthat does, at the path of the only file of that name that the suite reads. */
export function wholePlaces(cases: readonly TestCase[], inputs: readonly ResolvedInput[]): readonly TestCase[] {
  const paths = new Map<string, string | null>();
  for (const { name, source } of inputs) if (source !== null) paths.set(basename(name), paths.has(basename(name)) ? null : name);
  const known = new Set(inputs.map(({ name }) => name));
  return cases.map((one) => {
    const { place } = one;
    if (place === undefined || place.file.includes('/') || known.has(place.file)) return one;
    const path = paths.get(place.file) ?? null;
    return path === null ? one : { ...one, place: { ...place, file: path } };
  });
}
