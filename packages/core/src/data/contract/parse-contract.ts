import { type Diagnostic, type ErrorCode, failed, nearest, ok, type Result, type shape } from '@tidegate/formats';
import { diagnosticAt, diagnosticOfProblem, type YamlDocument } from '../../config/index.ts';
import type { ObjectText, PropertyText } from './contract-shape.ts';
import type { ContractColumn, DataContract, Rule } from './data-contract.ts';
import { allowedSkew, leakRules, learningRules } from './learning-rules.ts';
import { allMistakes, type ContractDocument, type Located, readDocument } from './read-document.ts';
import { isFurtherCheck } from '../further/further-rules.ts';
import { itemsOf, nestedIn, relationshipsOf } from './relationships.ts';
import { parseRule } from './rule.ts';
import type { RulePlace } from './rule-place.ts';
import { serviceLevels } from './service-levels.ts';
import { tidegateProperties } from './tidegate-properties.ts';
import { parseTypeOptions } from './type-options.ts';

/** A data contract as it is kept: `file` is its path relative to the project, for messages. */
export interface ContractText {
  readonly file: string;
  readonly text: string;
  /** The dataset it is for: the object under `schema:` of that name counts, and a single one always does. */
  readonly dataset: string;
}

/** Reads an ODCS v3.1.0 document (v3.0 too). @returns what it promises of the dataset, or every mistake with its place */
export function parseContract({ file, text, dataset }: ContractText): Result<DataContract, readonly Diagnostic[]> {
  const { contract, mistakes, isSound } = readDocument({ file, text });
  const index = contract === null ? null : objectIndex(contract, dataset);
  if (contract === null || (index !== null && !isSound(index)) || (index === null && mistakes.length > 0))
    return failed(allMistakes(mistakes, []));
  const names = (contract.value.schema ?? []).map(({ name }) => name);
  if (index === null) return failed([noObject(contract.document, dataset, names)]);
  const read = promisesOf(contract, index);
  const all = allMistakes(mistakes, read.mistakes);
  return all.length > 0 ? failed(all) : ok(read.promises);
}

/** Where under `schema:` a dataset is described: a single object always describes it. */
export function objectIndex({ value: { schema = [] } }: ContractDocument, dataset: string): number | null {
  const index = schema.length === 1 ? 0 : schema.findIndex(({ name, physicalName }) => name === dataset || physicalName === dataset);
  return index < 0 ? null : index;
}

/** What a document promises of the object at a place under `schema:`; it may be relied on where there is no mistake. */
export function promisesOf(
  { value, document }: ContractDocument,
  index: number,
): { readonly promises: DataContract; readonly mistakes: readonly Located[] } {
  const object = value.schema?.[index];
  if (object === undefined) throw new Error(`Cannot read object ${index} of "${document.file}": there is none; please report this`);
  const mistakes = collector(document);
  const parts = objectParts(object, ['schema', index], mistakes);
  const { report } = mistakes;
  const schema = value.schema ?? [];
  const levels = serviceLevels({
    given: value.slaProperties,
    defaultElement: value.slaDefaultElement,
    object: { names: [object.name, object.physicalName ?? object.name], isOnly: schema.length === 1 },
    columns: new Map((object.properties ?? []).map((property) => [property.name, columnName(property)])),
    time: parts.time,
    report,
  });
  const relationships = relationshipsOf({ schema, index, report });
  const promises = { document, id: value.id, version: value.version, object: object.name, ...parts, serviceLevels: levels, relationships };
  return { promises, mistakes: mistakes.found };
}

function noObject(document: YamlDocument, dataset: string, names: readonly string[]): Diagnostic {
  const near = nearest(dataset, names);
  return diagnosticAt(document, ['schema'], {
    code: 'TG-DATA-CONTRACT-OBJECT',
    message: `Cannot find the dataset "${dataset}" in its data contract: it describes ${names.length === 0 ? 'nothing' : listed(names)}`,
    hint: near === null ? `Name one of them "${dataset}"` : `Did you mean "${near}"?`,
  });
}

/** The first few names. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}

interface Mistakes {
  readonly found: Located[];
  readonly report: RulePlace['report'];
  readonly reportMetric: RulePlace['report'];
  /** Takes in what shapes found wrong. */
  readonly takeProblems: (problems: readonly shape.Problem[]) => void;
}

function collector(document: YamlDocument): Mistakes {
  const found: Located[] = [];
  const reporter =
    (code: ErrorCode): RulePlace['report'] =>
    (path, message, hint) =>
      found.push({ path, diagnostic: diagnosticAt(document, path, { code, message, hint }) });
  const takeProblems = (problems: readonly shape.Problem[]): void => {
    for (const problem of problems) found.push({ path: problem.path, diagnostic: diagnosticOfProblem(document, problem) });
  };
  return {
    found,
    takeProblems,
    report: reporter('TG-DATA-CONTRACT-VALUE'),
    reportMetric: reporter('TG-DATA-CONTRACT-METRIC'),
  };
}

const columnName = ({ name, physicalName }: PropertyText): string => physicalName ?? name;

function objectParts(
  object: ObjectText,
  path: shape.Path,
  mistakes: Mistakes,
): Pick<DataContract, 'columns' | 'rules' | 'time' | 'pinned'> {
  const properties = object.properties ?? [];
  const names = properties.map(columnName);
  const { report, reportMetric } = mistakes;
  for (const [index, name] of names.entries())
    if (names.indexOf(name) < index)
      report([...path, 'properties', index, 'name'], `Cannot promise anything of "${name}": it is there twice`, 'Delete one of the two');
  const columns = new Map(properties.map((property) => [property.name, columnName(property)]));
  const rules = rulesOf(object.quality, { path, level: 'object', columns, report, reportMetric });
  const { time, version: pinned } = tidegateProperties(object.customProperties, { level: 'object', path, report, columns: names });
  return {
    columns: properties.map((property, index) => {
      const place = [...path, 'properties', index];
      return columnOf(property, { path: place, level: 'column', columns, report, reportMetric, properties }, mistakes);
    }),
    rules,
    time,
    pinned,
  };
}

function rulesOf(quality: PropertyText['quality'], place: RulePlace): readonly Rule[] {
  return (quality ?? []).flatMap((text, index) => {
    const rule = parseRule(text, { ...place, path: [...place.path, 'quality', index] });
    return rule === null ? [] : [rule];
  });
}

function columnOf(
  property: PropertyText,
  {
    properties,
    isWithin = false,
    ...place
  }: RulePlace & {
    readonly properties: readonly PropertyText[];
    /** Whether it is a member of an object, or what items of a list are. */
    readonly isWithin?: boolean;
  },
  mistakes: Mistakes,
): ContractColumn {
  const { path, report, columns } = place;
  const problems: shape.Problem[] = [];
  const type = property.logicalType ?? null;
  const options = parseTypeOptions(property.logicalTypeOptions, { type, path: [...path, 'logicalTypeOptions'], problems });
  mistakes.takeProblems(problems);
  const within = { ...place, properties, isWithin: true };
  const members = nestedIn(property).map((member, index) =>
    columnOf(member, { ...within, path: [...path, 'properties', index] }, mistakes),
  );
  const itemsText = itemsOf(property);
  const items = itemsText === null ? null : columnOf(itemsText, { ...within, path: [...path, 'items'] }, mistakes);
  const rules = [
    ...rulesOf(property.quality, place),
    ...learningRules(property, place),
    ...(isWithin ? [] : leakRules(properties, property, place)),
  ];
  if (isWithin) refuseFurther(rules, report);
  const { knownAt, personal } = tidegateProperties(property.customProperties, {
    level: 'column',
    path,
    report,
    columns: [...columns.values()],
  });
  return {
    name: columnName(property),
    logicalType: type,
    physicalType: property.physicalType ?? null,
    required: property.required ?? false,
    unique: property.unique ?? false,
    keyPosition: property.primaryKey === true ? Math.max(property.primaryKeyPosition ?? 1, 1) : null,
    options,
    rules,
    knownAt,
    personal: personal || [...members, ...(items === null ? [] : [items])].some((inner) => inner.personal),
    allowedSkew: isWithin ? null : allowedSkew(property, place),
    members,
    items,
    path,
  };
}

/** What looks beyond the rows goes by columns. */
function refuseFurther(rules: readonly Rule[], report: RulePlace['report']): void {
  for (const { body, path } of rules)
    if (body.kind === 'check' && isFurtherCheck(body.check))
      report(path, `Cannot measure "${body.check}" within an object or a list`, 'Write it for a column, or as "type: sql" for the object');
}
