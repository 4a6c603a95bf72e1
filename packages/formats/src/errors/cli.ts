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
  'TG-CLI-ZONE': {
    title: 'Zone cannot be chosen',
    cause: 'The option `--zone` or `TIDEGATE_ZONE` names no zone, or one that is trusted more than the branch is.',
    fix: 'Name the zone of the branch or one below it: `untrusted`, `branch`, `main`, `release`.',
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
  'TG-CLI-NOTHING-TO-RUN': {
    title: 'Project without steps',
    cause: 'The `tidegate.yaml` names no data, no step and no test, so there is nothing that could pass or fail.',
    fix: 'Add `data:` and `steps:`; docs/start.md shows the least file that works.',
    exit: 2,
  },
  'TG-CLI-NOTHING-TO-WATCH': {
    title: 'Project without services',
    cause: 'The `tidegate.yaml` names no model, so that there is no service that rules and a dashboard could be for.',
    fix: 'Add a model: each is a service, unless `services:` says otherwise.',
    exit: 2,
  },
  'TG-CLI-NO-REMOTE': {
    title: 'Project without a remote',
    cause: 'Something is to be shared, or taken from others, and no remote for that is named: a folder, a bucket of S3, or a server.',
    fix: 'Name it with `--remote`, in the variable `TIDEGATE_REMOTE`, or as `remote:` in `tidegate.yaml`.',
    exit: 2,
  },
  'TG-CLI-NO-PROGRAM': {
    title: 'Program cannot be started',
    cause: 'The program after `tidegate exec --` is neither in the virtual environment of the project nor on PATH, or may not be run.',
    fix: 'Correct its name, or put its package into the requirements file.',
    exit: 127,
  },
  'TG-CLI-SERVER-ENDED': {
    title: 'Model server ended by itself',
    cause: 'The model server that `tidegate serve` started ended with an error: the port is taken, or the model cannot be loaded.',
    fix: 'Read what it said on stderr, and serve again.',
    exit: 1,
  },
  'TG-CLI-CHANGED-FILE': {
    title: 'File with changes of yours in the way',
    cause: 'A file that `tidegate data checkout` would write is there already, with bytes that no dataset version has.',
    fix: 'Move the file away, keep it as a version with `tidegate run`, or give it up with `--force`.',
    exit: 2,
  },
  'TG-CLI-STOPPED': {
    title: 'Stopped by a signal',
    cause: 'Ctrl-C, SIGTERM or a closed terminal stopped the command before it had finished.',
    fix: 'Run the same command again: it goes on where it was.',
    exit: 130,
  },
  'TG-CLI-BUG': {
    title: 'A mistake in Tidegate',
    cause: 'Tidegate itself has a bug.',
    fix: 'Please report it with the command, the version and what was printed.',
    exit: 70,
  },
} as const satisfies Record<string, ErrorEntry>;
