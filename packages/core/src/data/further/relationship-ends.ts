import { join, posix } from 'node:path';
import type { ProjectConfig } from '../../config/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import type { ObjectText } from '../contract/contract-shape.ts';
import type { DataContract, Relationship } from '../contract/data-contract.ts';
import { objectIndex } from '../contract/parse-contract.ts';
import { readDocument } from '../contract/read-document.ts';
import { partsOf } from '../contract/relationships.ts';
import type { RelationshipEnd } from './relationship-rules.ts';

/** A dataset of the project, and what its data contract calls it. */
interface Described {
  readonly dataset: string;
  /** Path of its data contract relative to the project; null when it has none. */
  readonly file: string | null;
  /** The object of the data contract that describes it; null when there is none that can be read. */
  readonly object: ObjectText | null;
}

/** The project's datasets with the objects that describe them, for {@link relationshipEnds}. */
export async function describedDatasets(config: Pick<ProjectConfig, 'data'>, root: string): Promise<readonly Described[]> {
  const documents = new Map<string, ReturnType<typeof readDocument>['contract']>();
  const found: Described[] = [];
  for (const [dataset, { contract }] of Object.entries(config.data)) {
    const file = contract === null ? null : posix.join(contract);
    if (file !== null && !documents.has(file)) {
      const text = await readTextIfThere(join(root, file));
      documents.set(file, text === null ? null : readDocument({ file, text }).contract);
    }
    const document = file === null ? null : (documents.get(file) ?? null);
    const index = document === null ? null : objectIndex(document, dataset);
    found.push({ dataset, file, object: index === null ? null : (document?.value.schema?.[index] ?? null) });
  }
  return found;
}

/**
 * Where the relationships of a dataset's data contract lead, in their order: to the dataset that the object describes, in the same document or in another one,
 * or that has its name.
 */
export function relationshipEnds(dataset: string, contract: DataContract, all: readonly Described[]): readonly RelationshipEnd[] {
  const own = new Set(contract.columns.map(({ name }) => name));
  return contract.relationships.map((relationship): RelationshipEnd => {
    const member = relationship.columns.find((name) => !own.has(name));
    if (member !== undefined) return unknown(`${member} is a member of a column of objects, which no check compares`);
    return endOf(relationship, { dataset, file: posix.join(contract.document.file), all });
  });
}

interface Seen {
  readonly dataset: string;
  readonly file: string;
  readonly all: readonly Described[];
}

function endOf({ columns, to }: Relationship, seen: Seen): RelationshipEnd {
  if (to.kind === 'elsewhere') return endOfReferences(to.references, columns.length, seen);
  if (to.columns.length !== columns.length) return unlike(columns.length, to.columns.length);
  const { object, physicalName } = to;
  const isIt = (one: Described): boolean => one.file === seen.file && one.object?.name === object;
  const found = chosen(seen, `the object "${object}"`, [
    isIt,
    ({ dataset }) => dataset === object || dataset === physicalName,
    (one) => one.object?.name === object,
  ]);
  if (typeof found === 'string') return unknown(found);
  const member = to.columns.find((name) => name.includes('.'));
  if (member !== undefined) return unknown(`${member} is a member of a column of objects, which no check compares`);
  return { dataset: found.dataset, columns: to.columns };
}

function endOfReferences(references: readonly string[], count: number, seen: Seen): RelationshipEnd {
  if (references.length !== count) return unlike(count, references.length);
  const columns: string[] = [];
  const datasets = new Set<string>();
  for (const reference of references) {
    const found = endOfReference(reference, seen);
    if (typeof found === 'string') return unknown(found);
    datasets.add(found.dataset);
    columns.push(found.column);
  }
  const [dataset = '', ...more] = datasets;
  return more.length > 0 ? unknown(`it leads to several datasets: ${[...datasets].join(', ')}`) : { dataset, columns };
}

/** The dataset and the column that a reference into another document leads to, or why it leads to none. */
function endOfReference(reference: string, seen: Seen): { readonly dataset: string; readonly column: string } | string {
  const mark = reference.indexOf('#');
  const file = mark < 0 ? null : reference.slice(0, mark);
  if (file !== null && /^https?:/.test(file)) return `"${reference}" is not of this project`;
  const { key, object, properties } = partsOf(reference.slice(mark + 1));
  const [property = '', ...members] = properties;
  if (property === '') return `"${reference}" names no property`;
  if (members.length > 0) return `"${reference}" is a member of a column of objects, which no check compares`;
  const path = file === null ? null : posix.join(posix.dirname(seen.file), file);
  const all = path === null ? seen.all : seen.all.filter((one) => one.file === path);
  const ranks: readonly Rank[] =
    key === 'id'
      ? [(one) => one.object?.id === object]
      : [({ dataset }) => dataset === object, (one) => one.object?.name === object || one.object?.physicalName === object];
  const found = chosen({ ...seen, all }, `"${reference}"`, ranks);
  if (typeof found === 'string') return found;
  const text = found.object?.properties?.find((one) => one[key] === property);
  if (text === undefined && key === 'id') return `the data contract of ${found.dataset} has no property with the id "${property}"`;
  // a name that is not described may be a column all the same; the check says when it is none
  return { dataset: found.dataset, column: text === undefined ? property : (text.physicalName ?? text.name) };
}

type Rank = (one: Described) => boolean;

/** The dataset of the first kind of which there is one: the dataset itself before others; or why none can be chosen. */
function chosen({ dataset, all }: Seen, target: string, ranks: readonly Rank[]): Described | string {
  for (const isOne of ranks) {
    const found = all.filter(isOne);
    const [first] = found.filter((one) => one.dataset === dataset || found.length === 1);
    if (first !== undefined) return first;
    if (found.length > 1) return `${target} may be any of the datasets ${found.map((one) => one.dataset).join(', ')}`;
  }
  return `${target} is no dataset of the project`;
}

function unlike(own: number, there: number): RelationshipEnd {
  return unknown(`${own} of its columns cannot be compared with ${there}`);
}

function unknown(why: string): RelationshipEnd {
  return { dataset: null, why: `it is not measured, ${why}` };
}
