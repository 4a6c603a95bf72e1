import type { BeyondChoice } from '../../../data/index.ts';

export interface DriftChoice {
  /** A digest or its first digits, a commit, branch or tag; `training` = what the live model was trained on; null = the pinned version. */
  readonly before: { readonly kind: 'version'; readonly word: string | null } | { readonly kind: 'training' };
  /** A version; a file (absolute path); null = what a commit would make a version of now. */
  readonly after: { readonly kind: 'version'; readonly word: string | null } | { readonly kind: 'file'; readonly path: string };
  /** `profiles`: what both versions' profiles tell of single columns, without reading rows. */
  readonly from: 'rows' | 'profiles';
  /** What is looked at besides single columns; nothing from profiles. */
  readonly beyond: BeyondChoice;
}
