import { type Evidence, type Json, shape } from '@tidegate/formats';

/** What evidence says in `details`, as far as pages show it. What has another form is shown by its sentence alone. */

const number = shape.required(shape.number());
const text = shape.required(shape.text());
const maybe = shape.optional(shape.number());

const comparison = shape.object(
  { metric: text, candidate: number, champion: number, difference: number, low: number, high: number, margin: number, rows: number },
  { open: true },
);

const calibrated = shape.object({ calibrationError: shape.required(shape.object({ candidate: maybe, champion: maybe })) }, { open: true });

const gap = shape.object(
  {
    measure: text,
    column: text,
    max: number,
    gap: shape.required(shape.object({ value: number, low: number, high: number }, { open: true })),
    groups: shape.required(shape.list(shape.object({ name: text, values: shape.required(shape.list(shape.number())) }))),
  },
  { open: true },
);

const growth = shape.object(
  {
    measure: text,
    column: text,
    candidate: number,
    champion: number,
    margin: number,
    difference: shape.required(shape.object({ value: number, low: number, high: number }, { open: true })),
  },
  { open: true },
);

const behaviour = shape.object(
  {
    suite: text,
    name: text,
    kind: text,
    cases: number,
    failures: number,
    most: number,
    champion: shape.optional(shape.object({ failures: number, onlyCandidate: number, onlyChampion: number })),
    examples: shape.required(shape.list(shape.object({ pair: number, before: text, after: shape.optional(shape.text()) }))),
  },
  { open: true },
);

const discovered = shape.object(
  { rows: number, mean: number, other: number, effect: number, adjusted: number, against: text, tested: number },
  { open: true },
);

const bounds = shape.object({ value: number, low: maybe, high: maybe }, { open: true });

const cost = shape.object(
  {
    limit: number,
    isMultiple: shape.required(shape.boolean()),
    candidate: shape.optional(bounds),
    champion: shape.optional(bounds),
    ratio: shape.optional(bounds),
  },
  { open: true },
);

const letThrough = shape.object(
  {
    measured: shape.optional(shape.anything()),
    override: shape.required(shape.object({ person: text, reason: text })),
  },
  { open: true },
);

/** The forms, by what they are of. */
export const detailsShapes = { comparison, calibrated, gap, growth, behaviour, discovered, cost } as const;

/** Details that have the form; null for others. What a person let through has them below `measured`. */
export function readDetails<T>(form: shape.Shape<T>, { details }: Pick<Evidence, 'details'>): T | null {
  const parsed = shape.parse(form, measuredOf(details));
  return parsed.ok ? parsed.value : null;
}

/** Who let it through and why; null for what nobody did. */
export function overrideOf({ details }: Pick<Evidence, 'details'>): { readonly person: string; readonly reason: string } | null {
  const parsed = shape.parse(letThrough, details);
  return parsed.ok ? parsed.value.override : null;
}

function measuredOf(details: Json): Json {
  const parsed = shape.parse(letThrough, details);
  return parsed.ok ? (parsed.value.measured ?? null) : details;
}
