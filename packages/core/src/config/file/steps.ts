import { shape } from '@tidegate/formats';
import { command, variablesWithSecrets } from './command.ts';
import { isolation } from './isolation.ts';
import { fanOut } from './fan-out.ts';
import { image } from './image.ts';
import { nameRule, path, patterns } from './path.ts';
import { duration } from './quantity.ts';
import { salt } from './salt.ts';
import { goldenSuite } from './golden-suite.ts';
import { sampleSuite } from './sample-suite.ts';
import { stable } from './stable.ts';
import { tableSuite } from './table-suite.ts';
import { unitSuite } from './unit-suite.ts';
import { condition, gpus, memory, poolsOfStep, retries } from './scheduling.ts';

const timeout = duration('Longest time it may take; then it is ended and fails. Default: none.');

/** `steps.NAME` */
export const step = shape.object(
  {
    run: shape.required(command),
    image: shape.optional(image),
    in: shape.optional(
      patterns(
        'What the command reads: files and folders of the project, datasets ("data.flights"), training sets ("features.delay/train"), outputs of other steps ("steps.clean/table"). Files that "run" names are read too. Default: every dataset.',
        [],
      ),
    ),
    out: shape.optional(
      shape.described(
        shape.record(path('Where the command writes it.'), nameRule),
        'Outputs: name and path. Each must be there when the command has ended.',
        {},
      ),
    ),
    variables: shape.optional(variablesWithSecrets),
    cpus: shape.optional(
      shape.described(
        shape.number({ integer: true, minimum: 1, maximum: 1024 }),
        'Threads it may use, held while its command runs; OMP_NUM_THREADS and its kin are set to it.',
        1,
      ),
    ),
    varies_with: shape.optional(
      shape.described(
        shape.list(shape.oneOf(['cpus', 'memory', 'gpus'])),
        'What of the machine its outputs vary with: another amount of it makes it run again. Sums in another order are an example.',
        [],
      ),
    ),
    repeats: shape.optional(
      shape.described(
        shape.oneOf(['exactly', 'differently']),
        'Whether it makes the same bytes each time it runs on the same; a difference is told as a warning, or only counted.',
        'exactly',
      ),
    ),
    volatile: shape.optional(
      shape.described(shape.boolean(), 'Whether it runs in every run, because it reads what is not in the project.', false),
    ),
    stable: shape.optional(stable),
    memory: shape.optional(memory),
    gpus: shape.optional(gpus),
    pools: shape.optional(poolsOfStep),
    timeout: shape.optional(timeout),
    retries: shape.optional(retries),
    if: shape.optional(condition),
    for: shape.optional(fanOut),
    salt: shape.optional(salt('Any text: another one makes the step run again.')),
    ...isolation,
  },
  { description: 'A command with declared inputs and outputs, run again only when something it depends on has changed.' },
);

/** `tests.NAME` */
export const suite = shape.object(
  {
    run: shape.optional(command),
    cases: shape.optional(patterns('Files with golden cases of feature views, instead of a command.')),
    in: shape.optional(patterns('Files and folders of the project that the tests read, besides those that "run" names.', [])),
    variables: shape.optional(variablesWithSecrets),
    timeout: shape.optional(timeout),
    ...unitSuite,
    ...isolation,
    ...tableSuite,
    ...sampleSuite,
    ...goldenSuite,
  },
  {
    description:
      'Tests that must pass before the gate: a command that exits 0 (pytest is asked for its own report), cases as data, what holds of a table, or golden rows of a step.',
  },
);
