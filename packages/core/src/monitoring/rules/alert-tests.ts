import { matching } from '../select.ts';
import type { WatchedService } from '../watched-service.ts';
import { burnAlerts } from './burn-alerts.ts';
import { burnRates, thresholdOf } from './burn-rates.ts';
import { type Objective, objectivesOf } from './objectives.ts';
import type { AlertingRule, Labels, Severity } from './rule.ts';
import { serviceAlerts } from './service-alerts.ts';

/** A test as promtool reads it: series in its notation, and the alerts that must fire at a moment. */
export interface AlertTest {
  readonly name: string;
  readonly interval: '1m';
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    readonly exp_alerts: readonly { readonly exp_labels: Labels; readonly exp_annotations: AlertingRule['annotations'] }[];
  }[];
}

/** What happens to a service in a test, by the minute. */
interface Story {
  readonly title: string;
  /** Predictions a minute, of which so many fail and so many are slow. */
  readonly failing?: number;
  readonly slow?: number;
  /** The minute after which no prediction fails or is slow any more. */
  readonly until?: number;
  /** Feature values, of a thousand looked up, that are not there. */
  readonly missing?: number;
  /** Seconds by which the newest event of a view is older than the limit. */
  readonly staleBy?: number;
  readonly isGone?: true;
  readonly isLoading?: true;
  /** Restarts and rows not logged, a minute. */
  readonly restarts?: number;
  readonly dropped?: number;
  /** Whether this alert must fire. */
  readonly fires: (alert: AlertingRule) => boolean;
}

const minutes = 60;
const perMinute = 10_000_000;

/**
 * The tests of all services in each of the environments that alerts are for: every alert of one in every story, firing or silent,
 * while all is well with the others.
 */
export function alertTests(services: readonly WatchedService[]): readonly AlertTest[] {
  const others = (service: WatchedService, environment: string): AlertTest['input_series'] =>
    services.flatMap((other) =>
      other.environments
        .filter((place) => other !== service || place !== environment)
        .flatMap((place) => presence({ ...other, instance: `${other.service}-${place}:1` }, place)),
    );
  return services.flatMap((service) => testsOf(service, (environment) => others(service, environment)));
}

function testsOf(service: WatchedService, others: (environment: string) => AlertTest['input_series']): readonly AlertTest[] {
  const objectives = objectivesOf(service);
  const alerts = [...serviceAlerts(service), ...objectives.flatMap((objective) => burnAlerts(service, objective))];
  const stories = [
    ...plainStories,
    ...(service.hasFeatures ? [featuresMissing] : []),
    ...(service.oldestFeatureMs === null ? [] : [featuresStale]),
    ...objectives.flatMap(burnStories(service)),
  ];
  return service.environments.flatMap((environment) =>
    stories.map((story) => ({
      name: `${service.service} in ${environment}: ${story.title}`,
      interval: '1m' as const,
      input_series: [...seriesOf(service, environment, story), ...others(environment)],
      alert_rule_test: expectations(
        alerts.filter(({ labels }) => labels['environment'] === environment),
        story,
      ),
    })),
  );
}

const named =
  (name: string) =>
  ({ alert }: AlertingRule): boolean =>
    alert === name;

const plainStories: readonly Story[] = [
  { title: 'all is well', fires: () => false },
  { title: 'no server is there', isGone: true, fires: named('TidegateServiceDown') },
  { title: 'the model is loading without end', isLoading: true, fires: named('TidegateModelNotAnswering') },
  { title: 'the model ends every minute', restarts: 1, fires: named('TidegateModelRestarts') },
  { title: 'predictions are not logged', dropped: 3, fires: named('TidegatePredictionsNotLogged') },
];

const featuresStale: Story = {
  title: 'the newest event of a view is too old',
  staleBy: 60,
  fires: ({ alert }) => alert === 'TidegateFeaturesStale',
};

const featuresMissing: Story = { title: 'one feature value of five is not there', missing: 200, fires: named('TidegateFeaturesMissing') };

/** Nearly every answer bad: page and ticket. A budget used up too early, but slowly: a ticket only. */
function burnStories(service: WatchedService): (objective: Objective) => readonly Story[] {
  return ({ slo, budget }) => {
    const least = (severity: Severity): number => leastThreshold(service, { budget, severity });
    const slowly = Math.round(((least('ticket') + least('page')) / 2) * perMinute);
    const bad = (count: number): Pick<Story, 'failing' | 'slow'> => (slo === 'availability' ? { failing: count } : { slow: count });
    const ofSlo = ({ labels }: AlertingRule): boolean => labels['slo'] === slo;
    return [
      { title: `nearly every answer breaks the promise of ${slo}`, ...bad(perMinute * 0.99), fires: ofSlo },
      {
        title: `nearly every answer broke the promise of ${slo} for 20 minutes, half an hour ago`,
        ...bad(perMinute * 0.99),
        until: 20,
        fires: (alert) => ofSlo(alert) && alert.labels.severity === 'ticket',
      },
      {
        title: `the budget for ${slo} is used up slowly`,
        ...bad(slowly),
        fires: (alert) => ofSlo(alert) && alert.labels.severity === 'ticket',
      },
    ];
  };
}

function leastThreshold({ slo }: WatchedService, { budget, severity }: { readonly budget: number; readonly severity: Severity }): number {
  const rates = burnRates(slo?.windowDays ?? 30).filter((rate) => rate.severity === severity);
  return Math.min(...rates.map((rate) => thresholdOf(rate, budget)));
}

interface Place extends Pick<WatchedService, 'project' | 'service'> {
  readonly instance: string;
}

/** A server that is there and answers. */
function presence({ project, service, instance }: Place, environment: string, isReady = 1): AlertTest['input_series'] {
  const target = { environment, job: 'tidegate', instance };
  return [
    { series: `tidegate_release_info${matching({ ...target, project, service })}`, values: `1x${minutes}` },
    { series: `tidegate_ready${matching(target)}`, values: `${isReady}x${minutes}` },
  ];
}

function seriesOf(watched: WatchedService, environment: string, story: Story): AlertTest['input_series'] {
  if (story.isGone === true) return [];
  const { failing = 0, slow = 0, until = minutes, missing = 0, restarts = 0, dropped = 0 } = story;
  const target = { environment, job: 'tidegate', instance: 'a:1' };
  const counting = (name: string, labels: Labels, [each, after]: readonly [number, number?]): AlertTest['input_series'][number] => ({
    series: `${name}${matching({ ...target, ...labels })}`,
    values:
      after === undefined || until === minutes
        ? `0+${each}x${minutes}`
        : `0+${each}x${until} ${each * until + after}+${after}x${minutes - until - 1}`,
  });
  const endpoint = 'predict';
  const le = String((watched.slo?.latencyP99Ms ?? 1000) / 1000);
  return [
    ...presence({ ...watched, instance: target.instance }, environment, story.isLoading === true ? 0 : 1),
    counting('tidegate_requests_total', { endpoint, code: '200' }, [perMinute - failing, perMinute]),
    counting('tidegate_requests_total', { endpoint, code: '500' }, [failing, 0]),
    counting('tidegate_requests_total', { endpoint: 'unknown', code: '500' }, [perMinute]),
    counting('tidegate_request_duration_seconds_count', { endpoint }, [perMinute]),
    counting('tidegate_request_duration_seconds_bucket', { endpoint, le }, [perMinute - slow, perMinute]),
    counting('tidegate_feature_lookups_total', { status: 'PRESENT' }, [1000 - missing]),
    counting('tidegate_feature_lookups_total', { status: 'NOT_FOUND' }, [missing]),
    ...(watched.oldestFeatureMs === null ? [] : viewsOf(watched.oldestFeatureMs / 1000, target, story)),
    counting('tidegate_model_restarts_total', {}, [restarts]),
    counting('tidegate_prediction_log_rows_total', { outcome: 'dropped' }, [dropped]),
  ];
}

/** One view whose events go on coming, and one whose newest is as old as the story says all the while; promtool begins at the second 0. */
function viewsOf(limit: number, target: Labels, { staleBy = -60 }: Story): AlertTest['input_series'] {
  const series = (view: string): string => `tidegate_feature_newest_event_timestamp_seconds${matching({ ...target, view })}`;
  return [
    { series: series('a'), values: `0+60x${minutes}` },
    { series: series('b'), values: `${-limit - staleBy}+60x${minutes}` },
  ];
}

/** By name of the alert: all that fire under it, which may be none. */
function expectations(alerts: readonly AlertingRule[], { fires }: Story): AlertTest['alert_rule_test'] {
  return [...new Set(alerts.map(({ alert }) => alert))].map((alertname) => ({
    eval_time: `${minutes - 5}m`,
    alertname,
    exp_alerts: alerts
      .filter((alert) => alert.alert === alertname && fires(alert))
      .map(({ labels, annotations }) => ({ exp_labels: labels, exp_annotations: annotations })),
  }));
}
