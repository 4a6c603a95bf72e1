import { failure, type Json, type JsonObject, shape, type TidegateError } from '@tidegate/formats';
import { errorOf, parseYaml, writeYaml } from '../../../config/index.ts';
import { contractDocument } from './contract-document.ts';
import { importDbt } from './dbt/import-dbt.ts';
import type { ImportedContract, NotTaken } from './foreign-rules.ts';
import { importSuite } from './great-expectations/import-suite.ts';
import { importJsonSchema } from './json-schema/import-json-schema.ts';
import { importPandera } from './pandera/import-pandera.ts';
import { asObject } from './read-arguments.ts';

/** What a data contract can be made of. */
export const foreignKinds = ['dbt', 'great-expectations', 'json-schema', 'pandera'] as const;
export type ForeignKind = (typeof foreignKinds)[number];

export interface ForeignText {
  /** Its name in messages. */
  readonly file: string;
  readonly text: string;
  /** Null to tell it by what the document holds. */
  readonly from: ForeignKind | null;
  /** Name of the dataset: `id` of the data contract, and of its object unless the document names its tables. */
  readonly name: string;
}

/** A data contract made of the checks of another tool. */
export interface ContractImport {
  readonly from: ForeignKind;
  readonly document: JsonObject;
  /** The document as a YAML file. */
  readonly text: string;
  /** What is not taken over, or not quite. */
  readonly notTaken: readonly NotTaken[];
}

const importers: Readonly<Record<ForeignKind, (document: Json, name: string) => ImportedContract | null>> = {
  dbt: importDbt,
  'great-expectations': importSuite,
  'json-schema': importJsonSchema,
  pandera: importPandera,
};

const documents: Readonly<Record<ForeignKind, string>> = {
  dbt: 'it describes no models, seeds, snapshots or sources',
  'great-expectations': 'it has no list of "expectations"',
  'json-schema': 'it describes no object with "properties"',
  pandera: 'it is no description of a schema',
};

/**
 * Makes an ODCS v3.1.0 document of a foreign one.
 * @throws TG-DATA-CONTRACT-FOREIGN when it is no such document, and what the reading of JSON and YAML throws
 */
export function importContract({ file, text, from, name }: ForeignText): ContractImport {
  const document = parsed(file, text);
  const kind = from ?? kindOf(document);
  if (kind === null) throw refused(file, 'it is no document of a tool that is known', `Say which by "--from": ${foreignKinds.join(', ')}`);
  const imported = importers[kind](document, name);
  if (imported === null) throw refused(file, documents[kind], `Name a document of ${kind}, or another kind by "--from"`);
  const made = contractDocument(imported);
  const missed = imported.notTaken.length;
  const comment = `Open Data Contract Standard v3.1.0, made by Tidegate of ${file.replaceAll(/\p{Cc}/gu, ' ')} (${kind}).${
    missed === 0
      ? ''
      : `\n${missed} of its statements ${missed === 1 ? 'is' : 'are'} not taken over as they are: see the rules of type "text".`
  }`;
  return { from: kind, document: made, text: writeYaml(made, comment), notTaken: imported.notTaken };
}

function parsed(file: string, text: string): Json {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.parse(text) as Json;
    } catch (error) {
      if (file.endsWith('.json'))
        throw refused(file, `it is no JSON: ${error instanceof Error ? error.message : String(error)}`, 'Correct the file');
    }
  }
  const read = parseYaml(file, text, shape.anything());
  if (!read.ok) throw errorOf(read.failure);
  return read.value as Json;
}

function kindOf(document: Json): ForeignKind | null {
  const found = asObject(document);
  if (found === null) return null;
  if (Array.isArray(found['expectations'])) return 'great-expectations';
  if (typeof found['pandera'] === 'string') return 'pandera';
  if (['models', 'sources', 'seeds', 'snapshots'].some((name) => Array.isArray(found[name]))) return 'dbt';
  const isSchema = ['$schema', '$defs', 'definitions', 'properties', 'items', '$ref'].some((name) => found[name] !== undefined);
  return isSchema ? 'json-schema' : null;
}

function refused(file: string, why: string, hint: string): TidegateError {
  return failure('TG-DATA-CONTRACT-FOREIGN', `Cannot make a data contract of "${file}": ${why}`, hint);
}
