import type { Diagnostic } from '@tidegate/formats';
import { diagnosticAt } from '../../../config/index.ts';
import type { DataContract } from '../data-contract.ts';
import { promisesOf } from '../parse-contract.ts';
import { allMistakes, type ContractDocument, type Located, readDocument, type ReadDocument } from '../read-document.ts';
import { impossiblePromises } from './impossible-promises.ts';
import { type LintNotice, lintNotices } from './lint-notices.ts';
import { valuesOfOtherTypes } from './values-of-types.ts';

/** What was found of a data contract without looking at any data. */
export interface LintedContract {
  /** As it is named in messages. */
  readonly file: string;
  /** What the document says of itself; null when it cannot be read. */
  readonly contract: ContractSummary | null;
  /** Everything wrong with it, in the order of the file. */
  readonly mistakes: readonly Diagnostic[];
  /** What is no mistake, and worth knowing. */
  readonly notices: readonly LintNotice[];
}

export interface ContractSummary {
  readonly id: string;
  readonly version: string;
  /** Version of the standard that it says it is written for. */
  readonly apiVersion: string;
  readonly status: string;
  /** One for each object under `schema:`. */
  readonly objects: readonly { readonly name: string; readonly properties: number; readonly rules: number }[];
}

/** A data contract as far as it can be looked at by itself. */
interface Inspected extends ReadDocument {
  readonly file: string;
  /** Of the objects that are written well enough. */
  readonly promises: readonly DataContract[];
  /** What is wrong with these promises. */
  readonly broken: readonly Located[];
}

/** Looks a data contract over. `file` is its name in messages. */
export function lintContract(given: { readonly file: string; readonly text: string }): LintedContract {
  return conclude(inspect(given), []);
}

/** Everything that a document says against itself. */
export function inspect(given: { readonly file: string; readonly text: string }): Inspected {
  const read = readDocument(given);
  const { contract, isSound } = read;
  if (contract === null) return { ...read, file: given.file, promises: [], broken: [] };
  const sound = (contract.value.schema ?? []).flatMap((_, index) => (isSound(index) ? [promisesOf(contract, index)] : []));
  const promises = sound.map((one) => one.promises);
  const senseless = [...promises.flatMap(impossiblePromises), ...promises.flatMap(valuesOfOtherTypes)];
  const broken = senseless.map(({ path, message, hint }): Located => {
    const diagnostic = diagnosticAt(contract.document, path, { code: 'TG-DATA-CONTRACT-VALUE', message, hint });
    return { path, diagnostic };
  });
  return { ...read, file: given.file, promises, broken: [...sound.flatMap((one) => one.mistakes), ...broken] };
}

/** What is to be told of it, with the mistakes that can only be found outside of the document. */
export function conclude({ file, contract, mistakes, promises, broken, doubtful }: Inspected, outside: readonly Located[]): LintedContract {
  const all = allMistakes(mistakes, [...broken, ...outside]);
  if (contract === null) return { file, contract: null, mistakes: all, notices: [] };
  return { file, contract: all.length > 0 ? null : summaryOf(contract), mistakes: all, notices: lintNotices(contract, doubtful, promises) };
}

function summaryOf({ value: { id, version, apiVersion, status, schema = [] } }: ContractDocument): ContractSummary {
  const objects = schema.map(({ name, properties = [], quality = [] }) => ({
    name,
    properties: properties.length,
    rules: properties.reduce((sum, property) => sum + (property.quality?.length ?? 0), quality.length),
  }));
  return { id, version, apiVersion, status, objects };
}
