import { nameForm, shape } from '@tidegate/formats';
import { isReference } from '../reference.ts';

/** The grammar of names that a user chooses. */
export const nameRule = { name: nameForm, wants: 'letters, digits, "_" and "-", 63 at most, with a letter or digit first' } as const;

const inside = 'a path inside the project, with "/" and without ".."';

/** A file or folder of the project, relative to its root, without `./` and a final `/`. */
export function path(description: string): shape.Shape<string> {
  return shape.described(relative(inside), description);
}

/** Files of the project: one path or pattern, or a list of them. */
export function patterns(description: string, fallback?: readonly string[]): shape.Shape<readonly string[]> {
  const one = relative('a path or pattern inside the project');
  const single = shape.map(one, (text): readonly string[] => [text]);
  const many = shape.list(one, { minimum: fallback === undefined ? 1 : 0 });
  return shape.described(
    shape.either(single, many, (value) => (Array.isArray(value) ? 'second' : 'first')),
    description,
    fallback,
  );
}

function relative(wants: string): shape.Shape<string> {
  return shape.map(shape.text({ pattern: /\S/, wants }), (text, report) => {
    const parts = text.split('/').filter((part) => part !== '' && part !== '.');
    if (/^([/~]|[A-Za-z]:)|\\/.test(text) || parts.includes('..'))
      report(`"${text}" must be ${wants}`, 'Copy or link what lies outside into the project');
    else if (parts.length === 0) report(`"${text}" must be ${wants}: found the project itself`, 'Name the files or folders in it');
    const plain = parts.join('/');
    // "./data.csv" is the file of that name, "data.csv" the dataset "csv"
    return text.startsWith('./') && isReference(plain) ? `./${plain}` : plain;
  });
}
