import { failure } from '@tidegate/formats';

/** Whether the engine complains about a value. */
export function isValueFault(error: unknown): error is Error {
  return error instanceof Error && /^(Conversion|Invalid Input|Out of Range) Error/.test(error.message);
}

/** The column that the engine names; null when it names none. */
export function columnIn({ message }: Error): string | null {
  return /converting column "((?:[^"\n]|"(?!\.))+)"/i.exec(message)?.[1] ?? null;
}

/** The engine's complaint about a value, in a user's words. */
export function valueFailure(error: Error, { title, column }: { readonly title: string; readonly column: string | null }): Error {
  const told =
    /^(?:Conversion|Invalid Input|Out of Range) Error: (?:CSV Error on Line: \d+\n(?:Original Line:[^\n]*\n)?)?([^\n]*)/.exec(
      error.message,
    )?.[1] ?? '';
  return failure(
    'TG-SOURCE-VALUE',
    `Cannot keep a value of ${title}: ${column === null ? '' : `in the column "${column}": `}${told.slice(0, 300)}`,
    'Read the table with a query that turns the value into a text (CAST) or leaves it out (NULLIF)',
    error,
  );
}
