import { join } from 'node:path';
import { failure } from '@tidegate/formats';
import { diagnosticAt, errorOf, loadYamlFile } from '../../config/index.ts';
import { glob } from '../../platform/index.ts';
import { type ApiTest, apiTestsShape } from './api-test.ts';

export interface ApiTestFile {
  /** As the project names it. */
  readonly name: string;
  readonly path: string;
}

/** The files that an environment's `tests` name. @throws TG-DEPLOY-NO-API-TESTS when a pattern matches none */
export async function findApiTests(root: string, patterns: readonly string[]): Promise<readonly ApiTestFile[]> {
  const names = new Set<string>();
  for (const pattern of patterns) {
    const found: string[] = [];
    for await (const name of glob(pattern, { cwd: root })) found.push(name.replaceAll('\\', '/'));
    if (found.length === 0)
      throw failure(
        'TG-DEPLOY-NO-API-TESTS',
        `Cannot find API tests: "${pattern}" matches no file`,
        'Correct "tests" of the environment in tidegate.yaml, or write the tests (docs/reference/api-tests.md)',
      );
    for (const name of found) names.add(name);
  }
  return [...names].toSorted().map((name) => ({ name, path: join(root, name) }));
}

/** Reads the tests of files, in order. @throws TidegateError with every mistake of the first file that has one */
export async function loadApiTests(files: readonly ApiTestFile[]): Promise<readonly ApiTest[]> {
  const tests: ApiTest[] = [];
  const seen = new Set<string>();
  for (const { name, path } of files) {
    const { value, document } = await loadYamlFile(path, apiTestsShape, name);
    const twice = value.flatMap((test, index) => {
      if (!seen.has(test.name)) return (seen.add(test.name), []);
      const message = `Cannot tell two tests apart: there is another one called "${test.name}"`;
      return [diagnosticAt(document, [index, 'name'], { code: 'TG-DEPLOY-API-TEST-NAME', message, hint: 'Give it another name' })];
    });
    if (twice.length > 0) throw errorOf(twice);
    tests.push(...value);
  }
  return tests;
}
