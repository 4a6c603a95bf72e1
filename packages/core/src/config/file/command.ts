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

/** A variable that holds a secret: its name, never its value. */
export interface SecretReference {
  readonly secret: string;
}

/** A secret by its name. */
export const secret: shape.Shape<SecretReference> = shape.object({
  secret: shape.required(
    shape.text({
      // TIDEGATE_SECRET_KEY is the key of the hashes
      pattern: /^(?!KEY$)[A-Za-z_][A-Za-z0-9_]*$/,
      wants: 'a name of letters, digits and "_", with no digit first, and not KEY',
      description: 'Name of the secret whose value the variable holds. The value comes from the environment, a file or a command.',
    }),
  ),
});

/** As {@link variables}, for steps and tests, whose variables may hold secrets. */
export const variablesWithSecrets: shape.Shape<{ readonly [name: string]: string | SecretReference }> = shape.described(
  shape.record(
    shape.either(variableValue(), secret, (value) => (typeof value === 'object' && value !== null ? 'second' : 'first')),
    { name: /^[A-Za-z_][A-Za-z0-9_]*$/, wants: 'letters, digits and "_", with no digit first' },
  ),
  'Variables the command sees, besides a few fixed ones: a text, or a secret by its name. Nothing else is inherited.',
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
