import type { ErrorEntry } from './entry.ts';

/** Codes of `cli`. A code is never reused: a retired one stays with `retired: true`. */
export const cliErrors = {
  'TG-CLI-USAGE': {
    title: 'Command line not understood',
    cause: 'A command, option or argument does not exist or is missing.',
    fix: 'Run the command with `--help`: it lists what there is, with examples.',
    exit: 2,
  },
  'TG-CLI-NO-PROJECT': {
    title: 'No project here',
    cause: 'Neither this folder nor one above it holds a `tidegate.yaml`.',
    fix: 'Change to the project, or make one with `tidegate init`.',
    exit: 2,
  },
  'TG-CLI-NOT-FOUND': {
    title: 'Name not found',
    cause: 'Nothing of the project has that name, and no object a digest that starts so.',
    fix: 'Look at `tidegate status` and `tidegate log` for the names there are.',
    exit: 2,
  },
  'TG-CLI-INIT': {
    title: 'Project cannot be started here',
    cause: 'The folder has no data file or no script to train with, or the label cannot be told.',
    fix: 'Name them: `tidegate init --data houses.csv --train train.py --label price`.',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
