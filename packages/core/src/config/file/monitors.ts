import { shape } from '@tidegate/formats';
import { patterns } from './path.ts';
import { duration, margin, share } from './quantity.ts';

/** A duration above nothing. */
function span(description: string, fallback?: string): shape.Shape<number> {
  const longer = shape.map(duration(''), (ms, report) => {
    if (ms === 0) report('A duration must be longer than nothing here');
    return ms;
  });
  return shape.described(longer, description, fallback);
}

const drift = shape.object(
  {
    against: shape.optional(
      shape.described(shape.oneOf(['training']), 'What is compared with: the set that the live model was trained on.', 'training'),
    ),
    by: shape.optional(
      shape.described(
        shape.oneOf(['windows', 'rows']),
        '"windows": a change counts from what windows of the training set differ by among themselves, as weather and seasons make them; "rows": from nothing, as if rows came by chance.',
        'windows',
      ),
    ),
    floor: shape.optional(
      share('The smallest change that matters: the share of rows that would have to be others (total variation distance).', {
        fallback: 0.1,
        most: 0.9,
      }),
    ),
    false_alarms: shape.optional(
      share('How often one evaluation, all its columns together, may raise an alarm though nothing changed.', {
        fallback: 0.01,
        most: 0.2,
      }),
    ),
    together: shape.optional(
      shape.described(
        shape.boolean(),
        'Whether inputs are judged together as well: by a classifier, by pairs of columns, by what principal components lose.',
        false,
      ),
    ),
    ignore: shape.optional(
      shape.described(shape.list(shape.text()), 'Inputs that are not looked at, for instance a counter that only grows.', []),
    ),
  },
  { description: 'Whether inputs, features and predictions are still those that the model was made for.' },
);

const quality = shape.object(
  {
    labels: shape.required(patterns('Parquet or CSV files with the truth: a path or pattern, or a list of them.')),
    label: shape.optional(shape.described(shape.text(), 'The column of these files with the truth.', 'label')),
    metric: shape.optional(shape.text({ description: "What is measured. Default: the metric on which the model's gate compares." })),
    margin: shape.optional(
      margin(
        'The loss that counts as equal: in the unit of the metric (0.03), or a share of the value at the gate ("5%"). Default: fixed by metric.',
      ),
    ),
    maturity: shape.optional(span('How long after its prediction a label is there.', '1d')),
    min_coverage: shape.optional(share('The share of predictions that must have a label.', { fallback: 0.8 })),
  },
  { description: 'Whether the model is still as good as at the gate, once labels are in.' },
);

const staleness = shape.object(
  {
    model: shape.optional(span('Oldest age of the newest event that the model was trained on.')),
    data: shape.optional(span('Oldest age of the newest event of each dataset. Default: what its data contract promises.')),
    features: shape.optional(span('Oldest age of the newest event of each feature view in the online store.')),
  },
  { description: 'How old model, data and features may get.' },
);

const reasonForm = /^(drift|quality|data|age>\d+(\.\d+)? ?(ms|s|m|h|d))$/;

/** Why a model is trained again: `drift`, `age>30d` */
const reason = shape.map(
  shape.text({ pattern: reasonForm, wants: '"drift", "quality", "data" or an age such as "age>30d"' }),
  (text, report): RetrainReason => {
    if (text === 'drift' || text === 'quality' || text === 'data') return { kind: text };
    const age = shape.parse(duration(''), text.slice('age>'.length));
    if (age.ok) return { kind: 'age', ms: age.value };
    report(`Cannot read the age "${text}"`);
    return { kind: 'age', ms: 0 };
  },
);

/** What a monitor may find that makes a training worth while. */
export type RetrainReason = { readonly kind: 'drift' | 'quality' | 'data' } | { readonly kind: 'age'; readonly ms: number };

const retrain = shape.object(
  {
    on: shape.required(
      shape.described(
        shape.list(reason, { minimum: 1 }),
        'What starts a training: "drift" or "quality" that fails, "data" that is new, or a model older than "age>30d".',
      ),
    ),
    cooldown: shape.optional(span('How long after a training no other is started.', '1d')),
  },
  { description: 'When a new model is trained by itself. Default: never.' },
);

/** `monitors.NAME` */
export const monitor = shape.object(
  {
    environment: shape.optional(shape.text({ description: 'Where the service is watched. Default: the last environment.' })),
    every: shape.optional(span('How often it looks.', '1d')),
    window: shape.optional(span('How far back the predictions go that are looked at.', '7d')),
    drift: shape.optional(drift),
    quality: shape.optional(quality),
    staleness: shape.optional(staleness),
    retrain: shape.optional(retrain),
  },
  { description: 'What watches the service of this name.' },
);
