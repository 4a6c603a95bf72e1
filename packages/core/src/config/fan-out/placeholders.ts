/** Texts that stand for names in braces: `{depth}`. */
export type Substitutes = { readonly [name: string]: string };

const form = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Puts what the names stand for where they stand in braces. Other braces are left as they are: they may mean something to the command. */
export function substitute(text: string, substitutes: Substitutes): string {
  return text.replaceAll(form, (whole, name: string) => (Object.hasOwn(substitutes, name) ? (substitutes[name] ?? whole) : whole));
}

/** The names that stand in braces. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(form)].map(([, name = '']) => name);
}
