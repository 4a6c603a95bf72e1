import { join } from 'node:path';
import { failure, nearest, type shape } from '@tidegate/formats';
import { diagnosticAt, errorOf, loadYamlFile, type YamlDocument } from '../../config/index.ts';
import { glob } from '../../platform/index.ts';
import { type ApiTest, apiTestFileShape } from './api-test.ts';

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

export interface TestedService {
  /** The service that is to be tested. */
  readonly service: string;
  /** Every service of the project. */
  readonly services: readonly string[];
}

/**
 * Reads the tests of files that are for a service, in order: those of files that name it; of files that name none, when it is the
 * only one.
 *
 * @throws TidegateError with every mistake of the first file that has one; TG-DEPLOY-API-TEST-NAME, TG-DEPLOY-API-TEST-SERVICE
 */
export async function loadApiTests(files: readonly ApiTestFile[], tested: TestedService): Promise<readonly ApiTest[]> {
  const tests: ApiTest[] = [];
  const seen = new Set<string>();
  for (const { name, path } of files) {
    const { value, document } = await loadYamlFile(path, apiTestFileShape, name);
    const { service, list, at } = contentOf(value);
    refuseService(service, document, tested.services);
    refuseTwice(list, { document, at, seen });
    if ((service ?? tested.services[0]) === tested.service) tests.push(...list);
  }
  return tests;
}

interface Content {
  readonly service: string | null;
  readonly list: readonly ApiTest[];
  /** Where the list stands in the file. */
  readonly at: shape.Path;
}

function contentOf(value: shape.TypeOf<typeof apiTestFileShape>): Content {
  return 'tests' in value ? { service: value.service, list: value.tests, at: ['tests'] } : { service: null, list: value, at: [] };
}

function refuseService(service: string | null, document: YamlDocument, services: readonly string[]): void {
  if (service === null && services.length > 1) {
    const names = services.map((name) => `"${name}"`).join(', ');
    const message = `Cannot tell which service is tested: the project has ${names}`;
    const hint = `Name it above the list: "service: ${services[0] ?? ''}", and the list below "tests:"`;
    throw errorOf([diagnosticAt(document, [], { code: 'TG-DEPLOY-API-TEST-SERVICE', message, hint })]);
  }
  if (service === null || services.includes(service)) return;
  const near = nearest(service, services);
  const message = `Cannot test the service "${service}": there is no such service`;
  const hint = near === null ? `Services: ${services.join(', ')}` : `Did you mean "${near}"?`;
  throw errorOf([diagnosticAt(document, ['service'], { code: 'TG-CONFIG-UNKNOWN-REFERENCE', message, hint })]);
}

interface Listed {
  readonly document: YamlDocument;
  readonly at: shape.Path;
  /** Names of the tests before; those of the list are added. */
  readonly seen: Set<string>;
}

function refuseTwice(list: readonly ApiTest[], { document, at, seen }: Listed): void {
  const twice = list.flatMap((test, index) => {
    if (!seen.has(test.name)) return (seen.add(test.name), []);
    const message = `Cannot tell two tests apart: there is another one called "${test.name}"`;
    return [diagnosticAt(document, [...at, index, 'name'], { code: 'TG-DEPLOY-API-TEST-NAME', message, hint: 'Give it another name' })];
  });
  if (twice.length > 0) throw errorOf(twice);
}
