import { shape } from '@tidegate/formats';
import { splitCommand } from './split-command.ts';

const words = shape.map(shape.list(shape.text(), { minimum: 1 }), (argv, report) => {
  if (argv[0] === '') report('Cannot run an empty command', 'Write a program and its arguments');
  return argv;
});

const line = shape.map(shape.text({ wants: 'a command' }), (text, report): readonly string[] => {
  const split = splitCommand(text);
  if (split.ok) return split.value;
  report(split.failure.message, split.failure.hint);
  return [];
});

/** A command as one text, split without a shell, or as a list of words. */
export const command: shape.Shape<readonly string[]> = shape.described(
  shape.either(line, words, (value) => (Array.isArray(value) ? 'second' : 'first')),
  'The command: one text, split into words as a shell would but without running one, or a list of words.',
);

/** Variables of the command: the only ones it sees besides a few fixed ones. */
export const variables: shape.Shape<{ readonly [name: string]: string }> = shape.described(
  shape.record(variableValue(), { name: /^[A-Za-z_][A-Za-z0-9_]*$/, wants: 'letters, digits and "_", with no digit first' }),
  'Variables the command sees, besides a few fixed ones. Nothing else is inherited.',
  {},
);

function variableValue(): shape.Shape<string> {
  const text = shape.text();
  return {
    schema: text.schema,
    check: (value, path, problems) => {
      if (typeof value !== 'number' && typeof value !== 'boolean') return text.check(value, path, problems);
      const message = `"${path.join('.')}" must be text: found the ${typeof value} ${value}`;
      problems.push({ path, at: 'value', message, hint: `Write it in double quotes: "${value}"` });
      return undefined;
    },
  };
}
