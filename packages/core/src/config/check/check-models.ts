import { findMetric, isCustomMetric, type KnownMetric, knownMetrics, nearest, type shape } from '@tidegate/formats';
import { unknownOutput } from './check-steps.ts';
import { type Check, hasName, hintFor, membersOf, type ProjectDraft, type Report } from './draft.ts';

type ModelDraft = NonNullable<NonNullable<ProjectDraft['models']>[string]>;

/** What models name is there: the output that is the model, the rows it is evaluated on, metrics. */
export const checkModels: Check = (draft, report) => {
  for (const [name, dataset] of membersOf(draft.data)) if (dataset?.split !== undefined) checkSplit(dataset, report, ['data', name]);
  for (const [name, model] of membersOf(draft.models)) {
    if (model === undefined) continue;
    checkArtifact(draft, report, name);
    checkTestSet(draft, report, name);
    checkSeeds(draft, report, name);
    checkMetrics(model, report, ['models', name]);
    checkFairness(model, report, ['models', name, 'gate']);
  }
};

function checkSplit(
  { split, time, holdout }: NonNullable<NonNullable<ProjectDraft['data']>[string]>,
  report: Report,
  path: shape.Path,
): void {
  const at = [...path, 'split'];
  const { by, from } = split ?? {};
  if ((by === undefined) === (from === undefined))
    report(at, {
      code: 'TG-CONFIG-INVALID',
      message: 'A split is either "by" columns or "from" a moment',
      hint: 'Write "split: { by: [customer] }" or "split: { from: 2024-01-01 }"',
    });
  if (from !== undefined && time === undefined)
    report(at, {
      code: 'TG-CONFIG-INVALID',
      message: 'Cannot split from a moment: the dataset names no "time"',
      hint: 'Add "time: COLUMN" to the dataset',
    });
  if (from !== undefined && holdout !== undefined)
    report([...path, 'holdout'], {
      code: 'TG-CONFIG-CONFLICT',
      message: 'Cannot hold out a share of rows that are split from a moment',
      hint: 'Delete "holdout", or split "by" columns',
    });
}

function checkArtifact(draft: ProjectDraft, report: Report, name: string): void {
  const artifact = draft.models?.[name]?.artifact;
  if (artifact?.step === undefined || artifact.output === undefined) return;
  const unknown = unknownOutput(draft, artifact.step, artifact.output, '.');
  if (unknown === null) return;
  const message = `Cannot find the model "steps.${artifact.step}.${artifact.output}": ${unknown.found}`;
  report(['models', name, 'artifact'], { code: 'TG-CONFIG-UNKNOWN-REFERENCE', message, hint: unknown.hint });
}

/** One step is run with one set of seeds, and a fan-out with none: it has parameters of its own. */
function checkSeeds(draft: ProjectDraft, report: Report, name: string): void {
  const { artifact, evaluate } = draft.models?.[name] ?? {};
  if (evaluate?.seeds === undefined || artifact?.step === undefined) return;
  const path = ['models', name, 'evaluate', 'seeds'];
  if (draft.steps?.[artifact.step]?.for !== undefined)
    report(path, {
      code: 'TG-CONFIG-CONFLICT',
      message: `Cannot run "steps.${artifact.step}" with several seeds: it is a fan-out`,
      hint: 'Put the seeds among the axes of its "for"',
    });
  const other = membersOf(draft.models).find(
    ([another, model]) =>
      another !== name &&
      model?.artifact?.step === artifact.step &&
      model?.evaluate?.seeds !== undefined &&
      JSON.stringify(model?.evaluate?.seeds) !== JSON.stringify(evaluate.seeds),
  );
  if (other !== undefined)
    report(path, {
      code: 'TG-CONFIG-CONFLICT',
      message: `Cannot run "steps.${artifact.step}" with these seeds: models.${other[0]} names others for it`,
      hint: 'Write the same "seeds" for both models',
    });
}

function checkTestSet(draft: ProjectDraft, report: Report, name: string): void {
  const on = draft.models?.[name]?.evaluate?.on;
  const path = ['models', name, 'evaluate', 'on'];
  if (on?.kind === 'features' && draft.features === undefined)
    report(path, {
      code: 'TG-CONFIG-UNKNOWN-REFERENCE',
      message: `Cannot evaluate on "features.${on.service}/test": the project has no "features:"`,
      hint: 'Add "features: { definitions: features/ }"',
    });
  if (on?.kind !== 'data' || on.dataset === undefined) return;
  if (!hasName(draft.data, on.dataset))
    report(path, {
      code: 'TG-CONFIG-UNKNOWN-REFERENCE',
      message: `Cannot evaluate on "data.${on.dataset}": there is no such dataset`,
      hint: hintFor(
        `data.${on.dataset}`,
        Object.keys(draft.data ?? {}).map((dataset) => `data.${dataset}`),
        'Add the dataset under "data:"',
      ),
    });
  else if (draft.data?.[on.dataset]?.holdout === 0)
    report(path, {
      code: 'TG-CONFIG-CONFLICT',
      message: `Cannot evaluate on "data.${on.dataset}": its "holdout" is 0, so no rows are kept for evaluation`,
      hint: `Delete "holdout" of "data.${on.dataset}", or write "20%"`,
    });
}

function checkMetrics(model: ModelDraft, report: Report, path: shape.Path): void {
  const measured = (model.evaluate?.metrics ?? []).filter((metric) => metric !== undefined);
  for (const [index, metric] of (model.evaluate?.metrics ?? []).entries())
    if (metric !== undefined) checkKnown(model, metric, report, { path: [...path, 'evaluate', 'metrics', index] });
  for (const side of ['min', 'max'] as const)
    for (const [metric, limit] of membersOf(model.gate?.[side])) {
      const at = [...path, 'gate', side, metric];
      if (checkKnown(model, metric, report, { path: at, at: 'name' })) checkMeasured(metric, measured, report, at);
      if (limit !== undefined && findMetric(metric)?.share === true && (limit < 0 || limit > 1))
        report(at, { code: 'TG-CONFIG-INVALID', message: `Cannot limit "${metric}" to ${limit}: it lies between 0 and 1`, hint: null });
    }
  checkPrimary(model, measured, report, path);
}

const gapNames = ['demographic_parity', 'equal_opportunity', 'equalised_odds'];

function checkFairness({ evaluate, gate }: ModelDraft, report: Report, path: shape.Path): void {
  const slices = (evaluate?.slices ?? []).filter((slice) => slice !== undefined);
  for (const [index, column] of (gate?.fairness?.by ?? []).entries())
    if (column !== undefined && !slices.includes(column))
      report([...path, 'fairness', 'by', index], {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot compare groups by "${column}": it is not among "evaluate.slices"`,
        hint: `Add "${column}" to "slices"`,
      });
  for (const [index, measure] of (gate?.fairness?.measures ?? []).entries())
    if (measure !== undefined && !gapNames.includes(measure) && findMetric(measure) === null)
      report([...path, 'fairness', 'measures', index], {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot measure a gap by "${measure}": it is neither ${gapNames.map((name) => `"${name}"`).join(', ')} nor a metric`,
        hint: hintFor(measure, [...gapNames, ...knownMetrics.map(({ name }) => name)], ''),
      });
  for (const check of ['slices', 'fairness'] as const)
    if (gate?.baseline?.[check] === 'carry')
      report([...path, 'baseline', check], {
        code: 'TG-CONFIG-INVALID',
        message: `Cannot carry "${check}": they are compared row against row`,
        hint: 'Write "refresh" or "skip"',
      });
}

function checkPrimary(model: ModelDraft, measured: readonly string[], report: Report, path: shape.Path): void {
  const primary = model.gate?.primary;
  if (primary?.metric === undefined) return;
  const at = [...path, 'gate', 'primary', 'metric'];
  if (checkKnown(model, primary.metric, report, { path: at })) checkMeasured(primary.metric, measured, report, at);
  const { kind, value } = primary.margin ?? {};
  if (kind === 'absolute' && value !== undefined && value > 1 && findMetric(primary.metric)?.share === true)
    report([...path, 'gate', 'primary', 'margin'], {
      code: 'TG-CONFIG-INVALID',
      message: `Cannot use the margin ${value}: "${primary.metric}" lies between 0 and 1`,
      hint: `Write ${value / 100} for ${value} points`,
    });
}

function checkKnown(
  { evaluate }: ModelDraft,
  metric: string,
  report: Report,
  { path, at = 'value' }: { readonly path: shape.Path; readonly at?: 'value' | 'name' },
): boolean {
  const known = findMetric(metric);
  if (known !== null) return checkNeeds(known, evaluate, report, { path, at });
  const own = Object.keys(evaluate?.custom ?? {}).map((name) => `custom.${name}`);
  if (isCustomMetric(metric) && own.includes(metric)) return true;
  const names = [...knownMetrics.map(({ name }) => name), ...own];
  const hint = (): string => {
    const near = nearest(metric, names);
    return near === null ? `Metrics: ${names.join(', ')}` : `Did you mean "${near}"?`;
  };
  report(path, { code: 'TG-CONFIG-UNKNOWN-REFERENCE', message: `Cannot measure "${metric}": there is no such metric`, hint, at });
  return false;
}

function checkNeeds(
  { name, needs }: KnownMetric,
  evaluate: ModelDraft['evaluate'],
  report: Report,
  { path, at }: { readonly path: shape.Path; readonly at: 'value' | 'name' },
): boolean {
  if (needs === undefined || evaluate?.[needs] !== undefined) return true;
  const hint =
    needs === 'query' ? 'Add "query: COLUMN" under "evaluate"' : 'Add "forecast: { time: COLUMN, horizon: 1d }" under "evaluate"';
  report(path, { code: 'TG-CONFIG-INVALID', message: `Cannot measure "${name}": "evaluate" has no "${needs}"`, hint, at });
  return false;
}

function checkMeasured(metric: string, measured: readonly string[], report: Report, path: shape.Path): void {
  if (measured.length === 0 || measured.includes(metric)) return;
  report(path, {
    code: 'TG-CONFIG-UNKNOWN-REFERENCE',
    message: `Cannot judge "${metric}": it is not among "evaluate.metrics"`,
    hint: `Add "${metric}" to "metrics"`,
    at: path.includes('primary') ? 'value' : 'name',
  });
}
