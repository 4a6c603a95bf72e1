/** Text that is Markdown already, as GitHub, Gitea and GitLab read it. */
export class Markdown {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A piece of a page: what is no Markdown yet is escaped; null is nothing. */
export type Piece = Markdown | string | number | null | readonly Piece[];

/** Markdown with values in it, each escaped: whatever a branch, a column or a test is called, it is shown and does nothing. */
export function md(parts: TemplateStringsArray, ...values: readonly Piece[]): Markdown {
  return new Markdown(parts.map((part, index) => `${part}${index < values.length ? textOf(values[index] ?? null) : ''}`).join(''));
}

/** A name in the typeface of code, in which no mention and no link is looked for. */
export function code(text: string): Markdown {
  return new Markdown(`<code>${escaped(text)}</code>`);
}

/** A table; null when it has no rows. Of more rows than `most`, the first are shown and the others counted. */
export function table(head: readonly string[], rows: readonly (readonly Piece[])[], most: number = 50): Markdown | null {
  if (rows.length === 0) return null;
  const line = (cells: readonly Piece[]): string => `| ${cells.map(textOf).join(' | ')} |`;
  const rest = rows.length > most ? `\n\n${rows.length - most} more are not shown.` : '';
  return new Markdown(`${[line(head), line(head.map(() => new Markdown('---'))), ...rows.slice(0, most).map(line)].join('\n')}${rest}`);
}

/** A part that is folded until a reader asks for it. */
export function folded(summary: Piece, inside: Markdown): Markdown {
  return new Markdown(`<details><summary>${textOf(summary)}</summary>\n\n${inside.text}\n\n</details>`);
}

function textOf(piece: Piece): string {
  if (piece === null) return '';
  if (piece instanceof Markdown) return piece.text;
  if (typeof piece === 'string') return unlinked(escaped(piece));
  return typeof piece === 'number' ? String(piece) : piece.map(textOf).join('');
}

const longestText = 600;

/**
 * Everything that means something to a Markdown reader as a numbered entity, which CommonMark never takes for structure (section 6.2 of its
 * specification); on one line; no quick action (`/merge` at the start of a line, for GitLab).
 */
function escaped(text: string): string {
  const whole = text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
  return whole
    .toWellFormed()
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replaceAll(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd') // what hides or turns round text
    .replaceAll(/[\\`*_{}[\]#!|<>&~@$^]|:(?=\S)/g, entity)
    .replace(/^[/+=-]/, entity)
    .replaceAll(/www\./gi, (found) => found.replace('.', '&#46;'));
}

/** Forges look for mentions, references, addresses and emoji in the text that was shown: a space of no width keeps them from seeing one. Not in code. */
function unlinked(text: string): string {
  return text.replaceAll(/(&#(?:64|35|33|58);)(?=[\w/])/g, '$1&#8203;').replaceAll(/www(?=&#46;)/gi, '$&&#8203;');
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
