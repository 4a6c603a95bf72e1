import type { Json } from '@tidegate/formats';
import { writeYaml } from '../../../config/index.ts';
import { type TestDataset, testDataset } from '../../test-dataset.ts';
import { contractDocument } from './contract-document.ts';
import type { ImportedContract, ImportedObject, ImportedProperty, RuleText } from './foreign-rules.ts';

/** Every rule gets a name that tells which expectation it is of, so that one run over the rows judges all of them. */
function named(objects: readonly ImportedObject[], index: number): readonly ImportedObject[] {
  const withId = (rule: RuleText, at: number): RuleText => (rule['type'] === 'text' ? rule : { ...rule, id: `e${index}-${at}` });
  return objects.map((object) => ({
    ...object,
    quality: object.quality.map(withId),
    properties: object.properties.map((property) => ({
      ...property,
      ...(property.quality !== undefined && { quality: property.quality.map((rule, at) => withId(rule, at + 100)) }),
    })),
  }));
}

function together(imported: readonly ImportedContract[]): ImportedContract {
  const properties = new Map<string, ImportedProperty>();
  const quality: RuleText[] = [];
  for (const object of imported.flatMap(({ objects }, index) => named(objects, index))) {
    quality.push(...object.quality);
    for (const { quality: rules = [], ...members } of object.properties) {
      const known = properties.get(members.name);
      properties.set(members.name, { ...known, ...members, quality: [...(known?.quality ?? []), ...rules] });
    }
  }
  return { id: 't', description: null, notTaken: [], objects: [{ name: 't', properties: [...properties.values()], quality }] };
}

async function findingsOf(dataset: TestDataset, imported: ImportedContract): Promise<ReadonlyMap<string, string>> {
  const { result } = await dataset.run({ contract: writeYaml(contractDocument(imported) as Json, 'imported') });
  return new Map(result.evidence.map(({ name, verdict }) => [name, verdict]));
}

/** Names of the checks that one expectation is made of. */
function checksOf({ objects }: ImportedContract, index: number): readonly string[] {
  return named(objects, index).flatMap(({ quality, properties }) => [
    ...quality.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])),
    ...properties.flatMap(({ name, required, unique, logicalType, quality: rules = [] }) => [
      `${name}.present`,
      ...(required === true ? [`${name}.required`] : []),
      ...(unique === true ? [`${name}.unique`] : []),
      ...(logicalType === undefined ? [] : [`${name}.type`]),
      ...rules.flatMap(({ id }) => (typeof id === 'string' ? [`${name}.${id}`] : [])),
    ]),
  ]);
}

/** For tests: what our rules say of each of these data contracts on the rows of a query; null for one that is not wholly taken over. */
export async function judgeImported(rows: string, imported: readonly ImportedContract[]): Promise<readonly (boolean | null)[]> {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', rows);
  const isTaken = imported.map(({ notTaken }) => notTaken.every(({ isNearly }) => isNearly));
  // types of one column exclude each other
  const isTyped = imported.map(({ objects }) =>
    objects.some(({ properties }) => properties.some(({ logicalType }) => logicalType !== undefined)),
  );
  const inOne = imported.map((one, index) => (isTaken[index] === true && isTyped[index] !== true ? one : { ...one, objects: [] }));
  const found = await findingsOf(dataset, together(inOne));
  const verdicts: (boolean | null)[] = [];
  for (const [index, one] of imported.entries()) {
    const of =
      isTaken[index] === true && isTyped[index] === true
        ? await findingsOf(dataset, together(imported.map((each, at) => (at === index ? one : { ...each, objects: [] }))))
        : found;
    const checks = checksOf(one, index);
    verdicts.push(isTaken[index] === true ? checks.length > 0 && checks.every((name) => of.get(name) === 'pass') : null);
  }
  return verdicts;
}
