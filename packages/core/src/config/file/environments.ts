import { shape } from '@tidegate/formats';
import { variables } from './command.ts';
import { later, targets } from './later.ts';
import { patterns } from './path.ts';

const target: shape.Shape<(typeof targets)[number]> = {
  ...shape.oneOf(targets),
  schema: { enum: ['local'], description: 'Where releases run: "local" is a supervised process on this machine.', default: 'local' },
};

/** `environments.NAME` */
export const environment = shape.object(
  {
    target: shape.optional(target),
    tests: shape.optional(patterns('API tests that the started release must pass.', [])),
    after: shape.optional(shape.text({ description: 'The environment in which a release must be live and tested before.' })),
    port: shape.optional(
      shape.described(
        shape.number({ integer: true, minimum: 0, maximum: 65_535 }),
        'Port of the stable address on loopback; 0: a free one, chosen once and kept.',
        0,
      ),
    ),
    variables: shape.optional(variables),
    approvals: shape.optional(later),
    rollout: shape.optional(later),
  },
  { description: 'A named place where releases run. Default: one, "production", on this machine.' },
);
