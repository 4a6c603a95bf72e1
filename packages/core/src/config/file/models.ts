import { shape } from '@tidegate/formats';
import { costLimit, latency, starts } from './cost.ts';
import { datasetsOnly } from './datasets-only.ts';
import { duration, margin, share, size } from './quantity.ts';
import { slo } from './slo.ts';

const referenceForm = /^(\w+)\.([A-Za-z0-9][\w-]*)[./]([A-Za-z0-9][\w-]*)$/;

/** `steps.train.model` */
const artifact = shape.described(
  shape.map(
    shape.text({ pattern: /^steps\.[A-Za-z0-9][\w-]*\.[A-Za-z0-9][\w-]*$/, wants: 'an output of a step, such as "steps.train.model"' }),
    (text) => {
      const [, , step = '', output = ''] = referenceForm.exec(text) ?? [];
      return { step, output };
    },
  ),
  'The output of a step that is the model: an ONNX file, a pickle, or a Python file with a "predict" function.',
);

/** `features.delay/test` or `data.houses` */
const testSet = shape.described(
  shape.map(
    datasetsOnly(
      shape.text({
        pattern: /^(features\.[A-Za-z0-9][\w-]*\/test|data\.[A-Za-z0-9][\w-]*)$/,
        wants: 'a test set, such as "features.delay/test" or "data.houses"',
      }),
      'a model is judged by what its data contract promises, and these rows break it',
      'Name the dataset itself; a step may take the rows ("in:"), mend them and hand them to a dataset',
    ),
    (text) => {
      const name = text.replace(/^\w+\./, '').replace(/\/test$/, '');
      return text.startsWith('data.') ? ({ kind: 'data', dataset: name } as const) : ({ kind: 'features', service: name } as const);
    },
  ),
  'The rows it is evaluated on: the test set of a feature service, or what a dataset holds out.',
);

const columns = (description: string): shape.Shape<readonly string[]> => shape.described(shape.list(shape.text()), description, []);

/** `metrics/profit.py:profit` */
const metricFunction = shape.map(
  shape.text({ pattern: /^[^:\0]+\.py:[A-Za-z_]\w*$/, wants: 'a file of the project and a function in it, such as "metrics.py:profit"' }),
  (text) => {
    const at = text.lastIndexOf(':');
    return { file: text.slice(0, at), function: text.slice(at + 1) };
  },
);

const customMetric = shape.object(
  {
    function: shape.required(
      shape.described(
        metricFunction,
        'A Python function that gives a number for each row, a pair of numbers to be summed and divided, or one number for all rows.',
      ),
    ),
    better: shape.optional(shape.described(shape.oneOf(['higher', 'lower']), 'Which way it points.', 'higher')),
    of: shape.optional(
      shape.described(
        shape.oneOf(['rows', 'predictions']),
        'Whether it gives a number for each row, or one for all predictions, which is computed again for each drawn sample.',
        'rows',
      ),
    ),
  },
  { description: 'A metric of your own, used as "custom.NAME".' },
);

const forecast = shape.object(
  {
    time: shape.required(shape.text({ description: 'The column with the time that a value is forecast for.' })),
    horizon: shape.required(duration('How long before that time the forecast is made.')),
    series: shape.optional(columns('Columns that tell series apart. Default: there is one series.')),
  },
  {
    description:
      'That the label is a value of a series in time, forecast ahead: the last value known then is what a model is held against.',
  },
);

const explainedBy = shape.object(
  {
    rows: shape.optional(
      shape.described(
        shape.number({ integer: true, minimum: 50, maximum: 10_000 }),
        'Rows of the test set that the model is asked about.',
        1000,
      ),
    ),
    repeats: shape.optional(
      shape.described(shape.number({ integer: true, minimum: 1, maximum: 30 }), 'How often the values of an input are shuffled.', 5),
    ),
    curves: shape.optional(
      shape.described(shape.number({ integer: true, minimum: 0, maximum: 20 }), 'Inputs of which partial dependence is drawn.', 6),
    ),
  },
  { description: 'How much is asked of the model for it.' },
);

const seedCount = shape.described(shape.number({ integer: true, minimum: 2, maximum: 100 }), 'How many seeds: 1, 2, 3 and so on.');

const seedsBy = shape.object(
  {
    count: shape.optional(seedCount),
    values: shape.optional(
      shape.described(
        shape.list(shape.number({ integer: true, minimum: 0, maximum: 4_294_967_295 }), { minimum: 2 }),
        'The seeds themselves; the model of the first is the one that is judged and released.',
      ),
    ),
    variable: shape.optional(
      shape.text({
        pattern: /^[A-Za-z_]\w*$/,
        wants: 'the name of a variable, such as "SEED"',
        description: 'The variable that the step finds its seed in. Default: TIDEGATE_SEED.',
      }),
    ),
    argument: shape.optional(
      shape.text({
        pattern: /^\S+$/,
        wants: 'a word, such as "--seed"',
        description: 'The word behind which the step is given its seed, at the end of its command.',
      }),
    ),
  },
  { description: 'With which seeds, and how the step is given them.' },
);

const seeds = shape.described(
  shape.map(
    shape.either(seedCount, seedsBy, (value) => (typeof value === 'object' ? 'second' : 'first')),
    (given, report) => {
      const { count, values, variable, argument } = typeof given === 'number' ? { count: given } : given;
      if ((count === undefined) === (values === undefined)) report('"seeds" has either a "count" or "values"', 'Write "seeds: 5"');
      if (variable !== undefined && argument !== undefined)
        report('A seed is given in a "variable" or behind an "argument"', 'Delete one of the two');
      if (values !== undefined && new Set(values).size < values.length) report('A seed is there twice', 'Write each once');
      return {
        values: values ?? Array.from({ length: count ?? 0 }, (_, index) => index + 1),
        given:
          argument === undefined
            ? ({ kind: 'variable', name: variable ?? 'TIDEGATE_SEED' } as const)
            : ({ kind: 'argument', name: argument } as const),
      };
    },
  ),
  'That the training step is run with several seeds, so that the report can say how far metrics differ by that alone.',
);

const explain = shape.described(
  shape.either(shape.boolean(), explainedBy, (value) => (typeof value === 'boolean' ? 'first' : 'second')),
  'Whether it is looked into what moves the predictions: permutation importance and partial dependence. It decides nothing.',
  false,
);

const evaluate = shape.object(
  {
    on: shape.required(testSet),
    label: shape.required(shape.text({ description: 'The column to predict.' })),
    metrics: shape.required(
      shape.described(shape.list(shape.text(), { minimum: 1 }), 'What is measured; the first one decides, unless the gate names another.'),
    ),
    slices: shape.optional(columns('Columns by whose values the metrics are also measured; "a * b" crosses two.')),
    ignore: shape.optional(columns('Columns that the model does not get, besides the label: ids and times.')),
    weight: shape.optional(shape.text({ description: 'The column that says how much a row counts. Default: all alike.' })),
    cluster: shape.optional(
      shape.text({ description: 'The column whose values group rows that are not independent: a user, a day. Default: all rows are.' }),
    ),
    query: shape.optional(shape.text({ description: 'The column whose values group the rows that are ranked together.' })),
    forecast: shape.optional(forecast),
    custom: shape.optional(shape.described(shape.record(customMetric), 'Metrics of your own by name.')),
    explain: shape.optional(explain),
    seeds: shape.optional(seeds),
  },
  { description: 'How the model is measured.' },
);

const limits = (description: string): shape.Shape<{ readonly [metric: string]: number }> =>
  shape.described(shape.record(shape.number()), description, {});

const calibration = shape.object(
  {
    metric: shape.optional(
      shape.described(shape.oneOf(['brier', 'log_loss']), 'The proper score. Default: "brier" of two classes, "log_loss" of several.'),
    ),
    margin: shape.optional(margin('The loss that counts as equal, as in "primary". Default: 5%.')),
  },
  { description: 'That its probabilities are not worse than those of the champion, by a proper score.' },
);

const fairness = shape.object(
  {
    by: shape.required(shape.described(shape.list(shape.text(), { minimum: 1 }), 'Slices of "evaluate" whose values are the groups.')),
    measures: shape.optional(
      shape.described(
        shape.list(shape.text(), { minimum: 1 }),
        'Between groups: "demographic_parity", "equal_opportunity", "equalised_odds", or a metric. Default: the first two.',
      ),
    ),
    margin: shape.optional(
      shape.described(shape.number({ minimum: 0 }), 'By how much a gap may be larger than that of the champion.', 0.02),
    ),
    max: shape.optional(
      shape.described(shape.number({ minimum: 0 }), 'The largest gap. Default: none, for what is right depends on the case.'),
    ),
    min_rows: shape.optional(shape.described(shape.number({ integer: true, minimum: 2 }), 'Groups with fewer rows do not count.', 100)),
  },
  { description: 'That groups do not lie further apart than with the champion.' },
);

const robustness = shape.object(
  {
    corruptions: shape.optional(
      shape.described(
        shape.list(shape.oneOf(['missing', 'noise', 'unseen', 'stale']), { minimum: 1 }),
        'What is done to inputs: emptied, numbers moved, texts put that never were, features as they were "stale_by" ago. Default: the first three.',
      ),
    ),
    share: shape.optional(share('Share of the values that are spoiled.', { fallback: 0.1 })),
    stale_by: shape.optional(duration('How long ago "stale" features were refreshed last. Default: 1d.')),
    margin: shape.optional(margin('The loss that counts as equal, as in "primary". Default: that of "primary".')),
  },
  { description: 'That it is not worse than the champion, or without one than itself, where inputs are spoiled.' },
);

const behaviour = shape.object(
  {
    suites: shape.required(
      shape.described(
        shape.list(shape.text({ pattern: /\.ya?ml$/, wants: 'a file of behaviour tests, such as "behaviour/*.yaml"' }), { minimum: 1 }),
        'Files of behaviour tests.',
      ),
    ),
    max_failures: shape.optional(share('Share of the cases of a test that may fail.', { fallback: 0.05 })),
  },
  { description: 'That it behaves as tests say: what it must know, what must not matter, what must move it one way.' },
);

const override = shape.object(
  {
    check: shape.required(shape.text({ description: 'The check that is let through, as its evidence is named.' })),
    model: shape.required(
      shape.text({
        pattern: /^(sha256:)?[0-9a-f]{12,64}$/,
        wants: 'the digest of the model file, at least its first 12 digits',
        description: 'The digest of the model file that it holds for, at least its first 12 digits. It holds for no other.',
      }),
    ),
    person: shape.required(shape.text({ pattern: /\S/, wants: 'who decided it', description: 'Who decided it.' })),
    reason: shape.required(shape.text({ pattern: /\S/, wants: 'why', description: 'Why.' })),
  },
  { description: 'A check that a person lets through.' },
);

const policy = (description: string): shape.Shape<'refresh' | 'carry' | 'skip'> =>
  shape.described(shape.oneOf(['refresh', 'carry', 'skip']), description, 'refresh');

const baseline = shape.object(
  {
    primary: shape.optional(policy('For the primary metric.')),
    slices: shape.optional(policy('For slices; they cannot be carried.')),
    calibration: shape.optional(policy('For the proper score.')),
    fairness: shape.optional(policy('For gaps between groups; they cannot be carried.')),
  },
  {
    description:
      'What a check holds the candidate against: the champion scored again on these rows (refresh), what it had when it was let through (carry), or nothing (skip).',
  },
);

const gate = shape.object(
  {
    min: shape.optional(limits('Metric and lower limit, which the lower bound of its confidence interval must reach.')),
    max: shape.optional(limits('Metric and upper limit, which the upper bound of its confidence interval must not exceed.')),
    primary: shape.optional(
      shape.object(
        {
          metric: shape.required(shape.text({ description: 'The metric on which candidate and champion are compared.' })),
          margin: shape.optional(
            margin(
              'The loss that counts as equal: in the unit of the metric (0.005), or a share of the champion\'s value ("5%"). Default: fixed by metric.',
            ),
          ),
        },
        { description: 'The comparison with the champion. Default: the first of "evaluate.metrics".' },
      ),
    ),
    slices: shape.optional(
      shape.object(
        {
          margin: shape.optional(margin('As in "primary", for each slice. Default: that of "primary".')),
          min_rows: shape.optional(
            shape.described(shape.number({ integer: true, minimum: 2 }), 'Slices with fewer rows are not judged.', 100),
          ),
          inconclusive: shape.optional(
            shape.described(shape.oneOf(['block', 'warn']), 'What a slice with too little evidence does.', 'warn'),
          ),
        },
        { description: 'The comparison in every slice. Without it slices are shown, not judged.' },
      ),
    ),
    calibration: shape.optional(calibration),
    fairness: shape.optional(fairness),
    robustness: shape.optional(robustness),
    behaviour: shape.optional(behaviour),
    baseline: shape.optional(baseline),
    overrides: shape.optional(
      shape.described(shape.list(override), 'Checks that a person lets through, each for one model file; shown for ever.'),
    ),
    confidence: shape.optional(
      shape.described(shape.number({ minimum: 0.5, maximum: 0.9999 }), 'One-sided confidence of every bound.', 0.95),
    ),
    latency: shape.optional(latency),
    cold_start: shape.optional(costLimit('duration', 'Longest time from the start of the server to its readiness, at the median.')),
    memory: shape.optional(costLimit('size', 'Most memory that the server takes under load, at the median of its starts.')),
    starts: shape.optional(starts),
    size: shape.optional(costLimit('size', 'Largest size of the model.')),
  },
  { description: 'What a model must show before it may be released.' },
);

const trust = shape.described(
  shape.list(shape.text({ pattern: /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/, wants: 'a name with its module, such as "shop.model.Blend"' })),
  'Classes and functions of your own packages that a pickle of the model may use; all others but those of known libraries are refused.',
  [],
);

/** `models.NAME` */
export const model = shape.object(
  { artifact: shape.required(artifact), evaluate: shape.required(evaluate), gate: shape.optional(gate), trust: shape.optional(trust) },
  { description: 'A model: where it comes from, how it is measured, what it must show.' },
);

/** `services.NAME.log` */
const log = shape.object(
  {
    sample: shape.optional(share('Share of the entities whose predictions are logged.', { fallback: 1 })),
    personal: shape.optional(
      shape.described(shape.list(shape.text()), 'Fields and inputs that tell about a person: logged as keyed hashes only.'),
    ),
    keep: shape.optional(size('Size of the log; beyond it the oldest predictions go. Default: 1GiB.')),
  },
  { description: 'What is kept of its predictions.' },
);

/** `services.NAME` */
export const service = shape.object(
  {
    model: shape.required(shape.text({ description: 'The model it answers with.' })),
    features: shape.optional(
      shape.text({ description: 'The feature service it looks features up with. Default: the one the model is evaluated on.' }),
    ),
    slo: shape.optional(slo),
    log: shape.optional(log),
  },
  { description: 'A model offered through an API. Default: one per model, with its name.' },
);
