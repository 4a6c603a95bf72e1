import { findMetric, knownMetrics } from '@tidegate/formats';
import { type Check, hasName, hintFor, membersOf, type ProjectDraft, type Report } from './draft.ts';

type MonitorDraft = NonNullable<NonNullable<ProjectDraft['monitors']>[string]>;

/** A monitor has the name of a service, watches something, and names an environment and a metric that there are. */
export const checkMonitors: Check = (draft, report) => {
  const services = Object.keys(draft.services ?? draft.models ?? {});
  const environments = Object.keys(draft.environments ?? { production: {} });
  for (const [name, monitor] of membersOf(draft.monitors)) {
    const path = ['monitors', name];
    if (!services.includes(name))
      report(path, {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot watch "${name}": there is no such service`,
        hint: hintFor(name, services, 'Add a model: every model is a service, unless "services:" says otherwise'),
        at: 'name',
      });
    if (monitor === undefined) continue;
    if (monitor.environment !== undefined && !environments.includes(monitor.environment))
      report([...path, 'environment'], {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot watch "${name}" in "${monitor.environment}": there is no such environment`,
        hint: hintFor(monitor.environment, environments, 'Delete "environment"'),
      });
    checkParts(monitor, report, path);
    checkMetric(monitor, report, path);
    checkReasons(monitor, report, path);
  }
};

const parts = ['drift', 'quality', 'staleness'] as const;

function checkParts(monitor: MonitorDraft, report: Report, path: readonly string[]): void {
  if (!parts.some((part) => hasName(monitor, part)))
    report(path, {
      code: 'TG-CONFIG-INVALID',
      message: `"${path.join('.')}" must watch something: found neither "drift" nor "quality" nor "staleness"`,
      hint: 'Write "drift: {}" to watch inputs, features and predictions',
    });
}

function checkMetric({ quality }: MonitorDraft, report: Report, path: readonly string[]): void {
  const metric = quality?.metric;
  if (metric === undefined || quality === undefined) return;
  const known = findMetric(metric);
  if (known === null) {
    const names = knownMetrics.map(({ name }) => name);
    report([...path, 'quality', 'metric'], {
      code: 'TG-CONFIG-UNKNOWN-REFERENCE',
      message: `Cannot measure "${metric}": there is no such metric`,
      hint: hintFor(metric, names, ''),
    });
    return;
  }
  if (known.needs !== undefined)
    report([...path, 'quality', 'metric'], {
      code: 'TG-CONFIG-INVALID',
      message: `Cannot watch "${metric}": predictions in the log have no ${known.needs}`,
      hint: 'Watch a metric of single rows, such as "mae"',
    });
  const { kind, value } = quality.margin ?? {};
  if (kind === 'absolute' && value !== undefined && value > 1 && known.share)
    report([...path, 'quality', 'margin'], {
      code: 'TG-CONFIG-INVALID',
      message: `Cannot use the margin ${value}: "${metric}" lies between 0 and 1`,
      hint: `Write ${value / 100} for ${value} points`,
    });
}

/** What is not watched cannot be a reason. */
function checkReasons(monitor: MonitorDraft, report: Report, path: readonly string[]): void {
  for (const [index, reason] of (monitor.retrain?.on ?? []).entries()) {
    const kind = reason?.kind;
    if ((kind === 'drift' || kind === 'quality') && !hasName(monitor, kind))
      report([...path, 'retrain', 'on', index], {
        code: 'TG-CONFIG-CONFLICT',
        message: `Cannot train again on "${kind}": the monitor does not watch it`,
        hint: kind === 'drift' ? 'Add "drift: {}"' : 'Add "quality: { labels: … }"',
      });
  }
}
