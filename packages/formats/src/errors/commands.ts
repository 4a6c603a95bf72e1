import type { ErrorEntry } from './entry.ts';

/** Codes of `commands`. A code is never reused: a retired one stays with `retired: true`. */
export const commandsErrors = {
  'TG-COMMANDS-NO-INTERPRETER': {
    title: 'No Python interpreter',
    cause: 'The interpreter that the project names is not on PATH or is no Python 3.',
    fix: 'Install Python 3, or name one: `python: { interpreter: /usr/bin/python3 }`.',
    exit: 2,
  },
  'TG-COMMANDS-NOT-LOCKED': {
    title: 'Requirements without hashes',
    cause: 'A line of the requirements file has no `--hash` or leads to another file, so it may install something else tomorrow.',
    fix: 'Lock the file: `uv pip compile --generate-hashes requirements.in -o requirements.txt`.',
    exit: 2,
  },
  'TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED': {
    title: 'Virtual environment not built',
    cause: 'The installer refused: a hash differs, a package is missing from the lock, or no registry could be reached.',
    fix: "Read the installer's last lines in the message, correct the requirements file and run again.",
    exit: 1,
  },
  'TG-COMMANDS-NO-CONTAINER-ENGINE': {
    title: 'Nothing that runs containers',
    cause: 'A step names an `image:`, and neither podman nor docker is on PATH.',
    fix: 'Install podman, or name the program: `TIDEGATE_CONTAINER_ENGINE=/usr/bin/podman`.',
    exit: 2,
  },
  'TG-COMMANDS-IMAGE': {
    title: 'Image not to be had',
    cause: 'The image of a step is not on this machine and could not be pulled.',
    fix: 'Correct its name, log in to its registry, or bring it here: `podman pull IMAGE`.',
    exit: 1,
  },
  'TG-COMMANDS-NO-PROGRAM': {
    title: 'Program not found',
    cause: 'The command of a step starts with a program that is not in its environment.',
    fix: 'Write a program of the project with its path, name it in `in:`, and put packages into the requirements file.',
    exit: 1,
  },
  'TG-COMMANDS-FAILED': {
    title: 'Command of a step failed',
    cause: 'The command ended with another exit code than 0.',
    fix: 'Read the whole output: `tidegate log STEP`.',
    exit: 1,
  },
  'TG-COMMANDS-METRIC': {
    title: 'Item without the metric that decides',
    cause: 'The best item of a fan-out is chosen by a metric, and the output of an item is no JSON with that number in it.',
    fix: 'Let every item write it, or correct `best: { metric: OUTPUT#MEMBER }`.',
    exit: 1,
  },
  'TG-COMMANDS-TIMED-OUT': {
    title: 'Command of a step took too long',
    cause: 'The command ran longer than the `timeout:` of its step.',
    fix: 'Raise `timeout:` in `tidegate.yaml`, or make the step quicker.',
    exit: 1,
  },
  'TG-COMMANDS-LIMIT': {
    title: 'Command of a step took too much',
    cause:
      'The command and what it started took more memory than `memory:`, or were more processes than `limits: { processes: … }`, and were ended.',
    fix: 'Raise the limit in `tidegate.yaml`, or let the step do less at once.',
    exit: 1,
  },
  'TG-COMMANDS-SANDBOX': {
    title: 'Sandbox not made',
    cause: 'Sandboxes work on this machine, but bubblewrap could not make one for this command.',
    fix: 'See what stands against it: `tidegate doctor`. Without one: `TIDEGATE_SANDBOX=off`, or `sandbox: false` of the step.',
    exit: 1,
  },
  'TG-COMMANDS-OUTPUT-MISSING': {
    title: 'Declared output not written',
    cause: 'The command ended well, but a file or folder under `out:` is not there.',
    fix: 'Write the file, or correct its path under `out:`.',
    exit: 1,
  },
  'TG-COMMANDS-NOTHING-MADE': {
    title: 'No rows to accept',
    cause: 'The step of a suite with golden rows made no table of what it was given, so there is nothing that could be expected.',
    fix: 'See what it says with `tidegate test NAME -v`, and correct the step or what it is given.',
    exit: 1,
  },
  'TG-COMMANDS-OUTPUT-KIND': {
    title: 'Output that cannot be stored',
    cause: 'A declared output is, or holds, a symbolic link or another special file, which no copy of it would have.',
    fix: 'Write plain files; copy what a link leads to.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
