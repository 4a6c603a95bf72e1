import { shape } from '@tidegate/formats';
import { nameRule, path } from './path.ts';

const digits = (description: string, maximum: number): shape.Field<number, false> =>
  shape.optional(shape.described(shape.number({ integer: true, minimum: maximum === 15 ? 0 : 1, maximum }), description));

/** `steps.NAME.stable`: output → what of it matters. */
export const stable = shape.described(
  shape.record(
    shape.object(
      {
        round: digits('Digits after the point that numbers of the JSON document are rounded to. Default: numbers as they are.', 15),
        significant: digits('Significant digits that numbers of the JSON document are rounded to, instead of "round".', 17),
        ignore: shape.optional(
          shape.described(
            shape.list(shape.text({ pattern: /\S/, wants: 'the name of a member' })),
            'Members of the JSON document that are left out: by name wherever they are, or by path ("timing.seconds").',
            [],
          ),
        ),
        file: shape.optional(path('Path of another output of the step, whose bytes say what is stable, instead of rounding.')),
      },
      { description: 'What of the output decides whether steps that read it run again.' },
    ),
    nameRule,
  ),
  'Outputs of which not every byte matters: steps that read them run again only when what matters changes.',
  {},
);
