/** One thing in a layer. Paths are relative, with `/`, without a leading one; folders above are added by themselves. */
export type LayerEntry =
  | { readonly kind: 'file'; readonly path: string; readonly executable: boolean; readonly from: string; readonly bytes: number }
  | { readonly kind: 'text'; readonly path: string; readonly executable: boolean; readonly content: string }
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly to: string };
