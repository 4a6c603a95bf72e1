import type { ErrorEntry } from './entry.ts';

/** Codes of `pipeline`. A code is never reused: a retired one stays with `retired: true`. */
export const pipelineErrors = {
  'TG-PIPELINE-STEP-TWICE': {
    title: 'Two steps of one name',
    cause: 'Two entries of the project lead to steps of the same name.',
    fix: 'Rename one of them.',
    exit: 2,
  },
  'TG-PIPELINE-STEP-UNKNOWN': {
    title: 'Unknown step',
    cause: 'A step, or the command line, names a step that the project does not have.',
    fix: 'Correct the name; `tidegate plan` lists the steps.',
    exit: 2,
  },
  'TG-PIPELINE-OUTPUT-UNKNOWN': {
    title: 'Unknown output',
    cause: 'A step reads an output that the other step does not declare.',
    fix: 'Correct the name after the slash, or declare the output under `out:`.',
    exit: 2,
  },
  'TG-PIPELINE-CYCLE': {
    title: 'Steps need each other',
    cause: 'Following what each step needs leads back to where it began, so none of them can run first.',
    fix: 'Remove one of the inputs along the path in the message.',
    exit: 2,
  },
  'TG-PIPELINE-OUTPUT-PATH': {
    title: 'Output path leads out of the project',
    cause: 'The path of an output is absolute, or has a part that is empty, `.` or `..`, or lies in `.git`.',
    fix: 'Write the path relative to the project.',
    exit: 2,
  },
  'TG-PIPELINE-OUTPUT-CLASH': {
    title: 'Two things at one path',
    cause: 'Two outputs have the same path, or one lies inside the other, or an output lies where an input is placed.',
    fix: 'Give one of them another path.',
    exit: 2,
  },
  'TG-PIPELINE-INPUT-MISSING': {
    title: 'Input not found',
    cause: 'A path or pattern that `tidegate.yaml` names as an input matches no file of the project.',
    fix: 'Correct the path, or make the file.',
    exit: 2,
  },
  'TG-PIPELINE-INPUT-OUTSIDE': {
    title: 'Input lies outside the project',
    cause: 'A path under `in:` is absolute or contains `..`, or a symbolic link leads out of the project.',
    fix: 'Put the file into the project: results would not be repeatable elsewhere.',
    exit: 2,
  },
  'TG-PIPELINE-INPUT-IS-OUTPUT': {
    title: 'Input is the output of a step',
    cause: 'A step names a file by its path that another step makes, so it would read what an earlier run left there.',
    fix: 'Name the output instead of the path, as the message says.',
    exit: 2,
  },
  'TG-PIPELINE-INPUT-NAME': {
    title: 'Name of an input is not UTF-8',
    cause: 'The name of a file holds bytes that are not valid UTF-8, so no record can name it.',
    fix: 'Rename the file.',
    exit: 2,
  },
  'TG-PIPELINE-INPUT-UNREADABLE': {
    title: 'Input may not be read',
    cause: 'The user who runs the command has no right to read a file, or to look into a folder, that a step or a dataset reads.',
    fix: 'Give yourself the right (`chmod u+rX`), or leave it out of what the step or the dataset names.',
    exit: 2,
  },
  'TG-PIPELINE-OUTPUT-MISSING': {
    title: 'Step did not make an output',
    cause: 'A step ended well but a file that it declares under `out:` is not there. Nothing of it is kept.',
    fix: 'Let the step write that file, or remove the output from `out:`.',
    exit: 1,
  },
  'TG-PIPELINE-STABLE': {
    title: 'Output without a stable digest',
    cause: 'A step declares what is stable in an output under `stable:`, and the output it made is no JSON document.',
    fix: 'Write JSON, or let another output of the step say what is stable: `stable: { model: { file: reports/digest.txt } }`.',
    exit: 1,
  },
  'TG-PIPELINE-NOT-CACHED': {
    title: 'Step has no result to take',
    cause: 'Only some steps were asked for, and one that they need has no result for what the project looks like now.',
    fix: 'Run without the restriction first: `tidegate run`.',
    exit: 1,
  },
  'TG-PIPELINE-PUBLISH': {
    title: 'Output cannot be put into the project',
    cause: 'Something is in the way of an output: a folder where a file should be, or a symbolic link that leads out of the project.',
    fix: 'Move away what the message names and run again.',
    exit: 1,
  },
  'TG-PIPELINE-RESOURCES': {
    title: 'Step asks for more than there is',
    cause: 'A step asks for more memory, GPUs or of a pool than this machine or the project has, so it could never start.',
    fix: 'Ask for less, run it where there is enough, or say what there is, as with `TIDEGATE_GPUS=0,1`.',
    exit: 2,
  },
  'TG-PIPELINE-CONDITION': {
    title: 'Condition cannot be decided',
    cause: 'The `if:` of a step names something that the other step did not measure, or compares a number with a word.',
    fix: 'Name something that it measured; the message lists what there is.',
    exit: 1,
  },
  'TG-PIPELINE-ITEMS-FAILED': {
    title: 'Items of a fan-out failed',
    cause: 'More items of a step with `for:` failed than `allow_failures` lets pass. Those that are done are kept.',
    fix: 'Read what one of them printed, correct it, and run again: only what failed runs.',
    exit: 1,
  },
  'TG-PIPELINE-REPLAY': {
    title: 'Run cannot be replayed',
    cause: 'What the run was made from cannot be had any more: its commit, its uncommitted changes or a version of its data.',
    fix: 'Do what the message says, or replay another run: `tidegate runs` lists them.',
    exit: 1,
  },
  'TG-PIPELINE-STEP-BROKE': {
    title: 'Step broke by a bug of Tidegate',
    cause: 'The code that runs this kind of step threw an error that it should have explained.',
    fix: 'Please report it with the log that the message names.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
