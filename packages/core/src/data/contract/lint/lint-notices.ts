import type { Place } from '@tidegate/formats';
import type { DataContract } from '../data-contract.ts';
import type { ContractDocument, ReadDocument } from '../read-document.ts';

/** Something of a data contract that is no mistake, and that its author should know. */
export interface LintNotice {
  readonly message: string;
  readonly hint: string | null;
  readonly place: Place | null;
}

/** What is worth knowing of a document and of the objects in it, in the order of the file. */
export function lintNotices(
  contract: ContractDocument,
  doubtful: ReadDocument['doubtful'],
  promises: readonly DataContract[],
): readonly LintNotice[] {
  const { document, value } = contract;
  const notices: LintNotice[] = [];
  if (value.apiVersion !== 'v3.1.0')
    notices.push({
      message: `The document is written for ${value.apiVersion} of the standard, and read as such`,
      hint: 'Write "apiVersion: v3.1.0" once the other tools that read it know that version',
      place: document.placeOf(['apiVersion']),
    });
  for (const { path, at, message } of doubtful)
    notices.push({
      message: `${message}; the pages of the standard allow it, and its schema does not`,
      hint: 'Other tools may refuse it',
      place: document.placeOf(path, at),
    });
  for (const { relationships } of promises)
    for (const { to, path } of relationships)
      if (to.kind === 'elsewhere')
        notices.push({
          message: `"${to.references.join(', ')}" leads to no object of this document, so nothing says whether it is there`,
          hint: 'A run judges it where it leads to a dataset of the project',
          place: document.placeOf([...path, 'to']),
        });
  return notices.toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0));
}
