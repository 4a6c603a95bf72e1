import { failure } from '@tidegate/formats';
import { documentAt } from '../judge/document-at.ts';
import { filesAt } from '../judge/files-at.ts';
import { judgeFiles } from '../judge/judged-contract.ts';
import { chosenObjects } from '../judge/test-contract-file.ts';
import type { ContractDocument } from '../read-document.ts';
import type { DatasetFile } from '../../read/dataset-file.ts';
import { type ContractDiff, diffContracts, type JudgedByBoth } from './diff-contracts.ts';

export interface ContractDiffRequest {
  /** Files, or `REVISION:PATH` for what Git has. */
  readonly before: string;
  readonly after: string;
  /** The data that has a say, of an object each; none = the documents alone. */
  readonly data: readonly DataToWeigh[];
  /** What paths are relative to. */
  readonly folder: string;
  /** Milliseconds since 1970, against which ages are judged. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Files by paths, folders and patterns; or those of a dataset version, which are found already. */
export type DataToWeigh = {
  /** The object that the data is; null = the only one. */
  readonly object: string | null;
} & (
  | { readonly patterns: readonly string[] }
  | { readonly title: string; readonly files: readonly DatasetFile[]; readonly time: string | null }
);

/** Compares two data contracts, with data that has a say. @throws as reading and judging them does */
export async function diffContractFiles(request: ContractDiffRequest): Promise<ContractDiff> {
  const { before, after, folder, data } = request;
  const [old, young] = [await documentAt(before, folder), await documentAt(after, folder)];
  const judged: JudgedByBoth[] = [];
  for (const one of data) judged.push(await judgedByBoth([old, young], one, request));
  return diffContracts(old, young, judged);
}

async function judgedByBoth(
  [old, young]: readonly [ContractDocument, ContractDocument],
  given: DataToWeigh,
  request: ContractDiffRequest,
): Promise<JudgedByBoth> {
  const { folder, now, signal } = request;
  const [data, files, time] =
    'patterns' in given
      ? [given.patterns.map((one) => `"${one}"`).join(', '), await filesAt(folder, given.patterns), null]
      : [given.title, given.files, given.time];
  const judge = async (document: ContractDocument) => {
    const [promises] = chosenObjects(document, { object: nameIn(document, given.object), data: [] });
    if (promises === undefined)
      throw failure(
        'TG-DATA-CONTRACT-OBJECT',
        `Cannot judge data by "${document.document.file}": it describes nothing`,
        'Add an object under "schema:"',
      );
    return judgeFiles(promises, files, { data, now, time, signal });
  };
  return { data, before: await judge(old), after: await judge(young) };
}

/** A single object describes the data, whatever it is called. */
function nameIn({ value: { schema = [] } }: ContractDocument, object: string | null): string | null {
  return schema.length === 1 ? null : object;
}
