import { shape } from '@tidegate/formats';
import { size } from './quantity.ts';

/** Whether a sandbox is used. */
export const sandbox = shape.boolean();

const count = (description: string): shape.Shape<number> => shape.described(shape.number({ integer: true, minimum: 1 }), description);

/** What a command is kept from: of `steps.NAME` and `tests.NAME`. */
export const isolation = {
  network: shape.optional(
    shape.described(
      shape.boolean(),
      'Whether the command may use the network: it has a loopback of its own else. Part of the key. It reaches everything the machine reaches then.',
      false,
    ),
  ),
  sandbox: shape.optional(shape.described(sandbox, 'Whether it runs in a sandbox, where one works. Default: what the project says.')),
  limits: shape.optional(
    shape.object(
      {
        processes: shape.optional(count('Processes at once, however many threads they have. Default: 4096 processes.')),
        open_files: shape.optional(count('Open files of each process. Default: what the system lets.')),
        file_size: shape.optional(size('Size of each file that it writes. Default: none.')),
      },
      { description: 'What the command may take of the machine.' },
    ),
  ),
};
