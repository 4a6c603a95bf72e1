/** What an entry of `in:` names. */
export type Reference =
  | { readonly kind: 'dataset'; readonly dataset: string }
  /** Rows of a dataset that were put aside. */
  | { readonly kind: 'quarantine'; readonly dataset: string }
  /** Training or test set of a feature service. */
  | { readonly kind: 'feature-set'; readonly service: string; readonly part: string }
  | { readonly kind: 'output'; readonly step: string; readonly output: string }
  /** A path or pattern of the project. */
  | { readonly kind: 'files'; readonly pattern: string };

const putAside = /^data\.([A-Za-z0-9][A-Za-z0-9_-]*)\.quarantine$/;
const form = /^(data|features|steps)\.([A-Za-z0-9][A-Za-z0-9_-]*)(?:\/([A-Za-z0-9][A-Za-z0-9_-]*))?$/;

/** Whether a text has the form of a qualified name (`data.flights`, `data.flights.quarantine`, `steps.clean/table`), whatever it names. */
export function isReference(text: string): boolean {
  return form.test(text) || putAside.test(text);
}

/** Reads an entry of `in:`. What does not have the form of a qualified name is a path; `./` before one makes it a path. */
export function referenceOf(entry: string): Reference {
  const aside = putAside.exec(entry)?.[1];
  if (aside !== undefined) return { kind: 'quarantine', dataset: aside };
  const [, qualifier, name = '', part = ''] = form.exec(entry) ?? [];
  if (qualifier === 'data' && part === '') return { kind: 'dataset', dataset: name };
  if (qualifier === 'features') return { kind: 'feature-set', service: name, part };
  if (qualifier === 'steps') return { kind: 'output', step: name, output: part };
  return { kind: 'files', pattern: entry.replace(/^\.\//, '') };
}
