import { type ErrorCode, nearest, type shape } from '@tidegate/formats';
import type { ProjectFile } from '../file/project-file.ts';

/** A value of which any part may be missing, because the shape refused it or it is not written. */
type Draft<T> = T extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : T extends object
    ? { readonly [Name in keyof T]?: Draft<T[Name]> | undefined }
    : T;

/** The file as far as the shape took it, so that names can be checked beside other mistakes. */
export type ProjectDraft = Draft<ProjectFile>;

export interface Mistake {
  readonly code: ErrorCode;
  readonly message: string;
  /** Looking for the nearest name costs time: a function is called only for a mistake that is shown. */
  readonly hint: string | null | (() => string | null);
  readonly at?: 'value' | 'name';
}

export type Report = (path: shape.Path, mistake: Mistake) => void;

/** One kind of mistakes that only the whole file shows. `root` is the project's folder. */
export type Check = (draft: ProjectDraft, report: Report, root: string) => void;

/** Members of a mapping that the shape took, and the others with `undefined`. */
export function membersOf<T>(mapping: { readonly [name: string]: T } | undefined): readonly (readonly [string, T])[] {
  return Object.entries(mapping ?? {});
}

/** Whether the mapping has the name. Names of the language, such as `constructor`, are none. */
export function hasName(mapping: object | undefined, name: string): boolean {
  return mapping !== undefined && Object.hasOwn(mapping, name);
}

/** Proposes the nearest name, else lists what there is. */
export function hintFor(name: string, names: readonly string[], none: string): () => string {
  return () => {
    const near = nearest(name, names.slice(0, 1_000));
    if (near !== null) return `Did you mean "${near}"?`;
    return names.length === 0 ? none : `There ${names.length === 1 ? 'is' : 'are'}: ${names.slice(0, 10).join(', ')}`;
  };
}
