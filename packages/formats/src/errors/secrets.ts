import type { ErrorEntry } from './entry.ts';

/** Codes of `secrets`. A code is never reused: a retired one stays with `retired: true`. */
export const secretsErrors = {
  'TG-SECRETS-MISSING': {
    title: 'Secret without a value',
    cause: 'A step declares a secret, and neither the environment nor a file nor a command has a value for it.',
    fix: 'Set `TIDEGATE_SECRET_NAME`, or name a file with `TIDEGATE_SECRETS_FILE`, or a command with `TIDEGATE_SECRETS_COMMAND`.',
    exit: 1,
  },
  'TG-SECRETS-TOO-SHORT': {
    title: 'Secret too short to be kept secret',
    cause: 'The value has fewer than 8 characters: it would be found everywhere by chance, and is soon guessed.',
    fix: 'Choose a longer secret.',
    exit: 1,
  },
  'TG-SECRETS-FILE': {
    title: 'File of secrets that cannot be used',
    cause: 'The file that `TIDEGATE_SECRETS_FILE` names is not there, can be read by others, or has a line that is no `NAME=value`.',
    fix: 'Make it readable by its owner only, `chmod 600 FILE`, and write one `NAME=value` a line.',
    exit: 1,
  },
  'TG-SECRETS-COMMAND': {
    title: 'Command for secrets failed',
    cause: 'The command that `TIDEGATE_SECRETS_COMMAND` names ended with another exit code than 0, or took longer than a minute.',
    fix: "Run it by hand with the secret's name behind it.",
    exit: 1,
  },
  'TG-SECRETS-KEY': {
    title: 'Key for hashes of secrets that cannot be used',
    cause: 'The file `secret.key` of the home can be read by others or is no key, or `TIDEGATE_SECRET_KEY` is too short.',
    fix: 'Make the file readable by its owner only, `chmod 600 FILE`, or set the variable to what `openssl rand -hex 32` prints.',
    exit: 1,
  },
  'TG-SECRETS-EXPOSED': {
    title: 'Secret in the configuration',
    cause: 'The value of a secret stands in an argument, a variable or a name of the step, which are kept in records.',
    fix: 'Take it out of `tidegate.yaml`, change the secret, and let the command read the variable.',
    exit: 1,
  },
  'TG-SECRETS-IN-OUTPUT': {
    title: 'Secret in an output',
    cause: 'A step has written a secret, as it is or encoded, into a file that it declares as an output, which would be kept and shared.',
    fix: 'Leave it out of the file that the message names.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
