import type { Diagnostic } from '@tidegate/formats';
import { diagnosticAt } from '../../../config/index.ts';
import { promisesOf } from '../parse-contract.ts';
import { allMistakes, type ContractDocument, type Located, readDocument } from '../read-document.ts';
import { impossiblePromises } from './impossible-promises.ts';
import { type LintNotice, lintNotices } from './lint-notices.ts';

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

/** Looks a data contract over. `file` is its name in messages. */
export function lintContract(given: { readonly file: string; readonly text: string }): LintedContract {
  const { contract, mistakes, isSound, doubtful } = readDocument(given);
  if (contract === null) return { file: given.file, contract: null, mistakes: allMistakes(mistakes, []), notices: [] };
  const sound = (contract.value.schema ?? []).flatMap((_, index) => (isSound(index) ? [promisesOf(contract, index)] : []));
  const promises = sound.map((read) => read.promises);
  const all = allMistakes(mistakes, [
    ...sound.flatMap((read) => read.mistakes),
    ...promises.flatMap(impossiblePromises).map(({ path, message, hint }): Located => {
      const diagnostic = diagnosticAt(contract.document, path, { code: 'TG-DATA-CONTRACT-VALUE', message, hint });
      return { path, diagnostic };
    }),
  ]);
  const notices = lintNotices(contract, doubtful, promises);
  return { file: given.file, contract: all.length > 0 ? null : summaryOf(contract), mistakes: all, notices };
}

function summaryOf({ value: { id, version, apiVersion, status, schema = [] } }: ContractDocument): ContractSummary {
  const objects = schema.map(({ name, properties = [], quality = [] }) => ({
    name,
    properties: properties.length,
    rules: properties.reduce((sum, property) => sum + (property.quality?.length ?? 0), quality.length),
  }));
  return { id, version, apiVersion, status, objects };
}
