import { type Engine, quoteName } from '@tidegate/runtime';
import type { ColumnSurvey } from './survey.ts';

/** Parts that the texts of a code may have at most. */
const mostParts = 10;

/** A pattern that all texts of a column match. */
export interface TextForm {
  readonly pattern: string;
  /** Whether every text has the same number of characters by it. */
  readonly isFixed: boolean;
}

/** Whether texts of this skeleton can be codes: parts of letters and digits between signs, and nothing that a sentence has. */
export function mayBeCode(skeleton: string | null): skeleton is string {
  if (skeleton === null || !/^[\x21-\x7e]+$/.test(skeleton)) return false;
  return skeleton.includes('w') && skeleton.split('w').length - 1 <= mostParts;
}

/**
 * The forms of the columns whose texts all have one skeleton, in one scan: which signs each part has (capitals, small letters, digits) and of how many it is. A form that says
 * nothing beside "letters and digits" is none.
 */
export async function textForms(
  { engine, rows }: { readonly engine: Engine; readonly rows: string },
  surveys: readonly ColumnSurvey[],
): Promise<ReadonlyMap<string, TextForm>> {
  const codes = surveys.flatMap(({ column, text }, index) =>
    text !== null && mayBeCode(text.skeleton) ? [{ column: column.name, skeleton: text.skeleton, at: `f${index}` }] : [],
  );
  const forms = new Map<string, TextForm>();
  if (codes.length === 0) return forms;
  const aggregates = codes.flatMap(({ column, skeleton, at }) => {
    const text = `CAST(${quoteName(column)} AS VARCHAR)`;
    const parts = `regexp_extract_all(${text}, '[A-Za-z0-9]+')`;
    return Array.from({ length: partsOf(skeleton) }, (_, part) => {
      const sql = skeleton === 'w' ? text : `${parts}[${part + 1}]`;
      const has = (signs: string, as: string): string => `bool_or(regexp_matches(${sql}, '[${signs}]')) AS ${at}_${part}_${as}`;
      return [
        `min(length(${sql})) AS ${at}_${part}_lo`,
        `max(length(${sql})) AS ${at}_${part}_hi`,
        has('A-Z', 'c'),
        has('a-z', 's'),
        has('0-9', 'd'),
      ];
    }).flat();
  });
  const [row = {}] = await engine.rows(`SELECT ${aggregates.join(', ')} FROM (${rows})`);
  for (const { column, skeleton, at } of codes) {
    const parts = Array.from({ length: partsOf(skeleton) }, (_, part) => {
      const cell = (fact: string): unknown => row[`${at}_${part}_${fact}`];
      const classes = [cell('d') === true ? '0-9' : '', cell('c') === true ? 'A-Z' : '', cell('s') === true ? 'a-z' : ''].join('');
      return { classes, shortest: Number(cell('lo')), longest: Number(cell('hi')) };
    });
    const form = formOf(skeleton, parts);
    if (form !== null) forms.set(column, form);
  }
  return forms;
}

function partsOf(skeleton: string): number {
  return skeleton.split('w').length - 1;
}

interface Part {
  readonly classes: string;
  readonly shortest: number;
  readonly longest: number;
}

/** Numbers of signs that vary are left open: the next text may be longer. */
function formOf(skeleton: string, parts: readonly Part[]): TextForm | null {
  const isFixed = parts.every(({ shortest, longest }) => shortest === longest);
  if (parts.length === 1 && skeleton === 'w' && !isFixed) return null;
  let part = 0;
  const body = [...skeleton].map((sign) => {
    if (sign !== 'w') return /[\\^$.|?*+()[\]{}/]/.test(sign) ? `\\${sign}` : sign;
    const { classes = '', shortest = 1, longest = 1 } = parts[part++] ?? {};
    const times = shortest !== longest ? '+' : shortest === 1 ? '' : `{${shortest}}`;
    return `[${classes}]${times}`;
  });
  return { pattern: `^${body.join('')}$`, isFixed };
}
