import type { DependenciesOfTest, DependencyFile, TestDependencies } from '@tidegate/formats';

type Told = Pick<TestDependencies, 'files' | 'tests'>;

/** What several tries or processes told of the tests of one suite on the same files: a test depends on what it depended on in any of them. */
export function mergeDependencies(told: readonly Told[]): TestDependencies {
  const places = new Map<string, number>();
  const files: DependencyFile[] = [];
  const tests = new Map<string, DependenciesOfTest>();
  for (const one of told) {
    const placeOf = (index: number): readonly number[] => {
      const file = one.files[index];
      if (file === undefined) return [];
      const known = places.get(file.path);
      if (known !== undefined) return [known];
      places.set(file.path, files.length);
      files.push(file);
      return [files.length - 1];
    };
    for (const [id, { name, whole, imported, why }] of Object.entries(one.tests)) {
      const before = tests.get(id);
      const all = new Set([...(before?.whole ?? []), ...whole.flatMap(placeOf)]);
      tests.set(id, {
        name,
        whole: [...all],
        imported: [...new Set([...(before?.imported ?? []), ...imported.flatMap(placeOf)])].filter((place) => !all.has(place)),
        why: before === undefined || before.why === '' ? why : before.why,
      });
    }
  }
  return { format: 'tidegate.test-dependencies/1', files, tests: Object.fromEntries(tests) };
}
