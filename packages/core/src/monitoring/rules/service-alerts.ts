import { matching, ofService } from '../select.ts';
import type { WatchedService } from '../watched-service.ts';
import type { AlertingRule, Severity } from './rule.ts';

/** Alerts that need no SLO: whether the service is there, its model answers, and its features are found. */
export function serviceAlerts(watched: WatchedService): readonly AlertingRule[] {
  return watched.environments.flatMap((environment) => {
    const place = { watched, environment };
    return [
      down(place),
      notReady(place),
      restarts(place),
      notLogged(place),
      ...(watched.hasFeatures ? [features(place)] : []),
      ...stale(place),
    ];
  });
}

interface WatchedPlace {
  readonly watched: WatchedService;
  readonly environment: string;
}

function down({ watched, environment }: WatchedPlace): AlertingRule {
  const { project, service } = watched;
  return {
    alert: 'TidegateServiceDown',
    expr: `absent(tidegate_release_info${matching({ project, service, environment })})`,
    for: '5m',
    labels: labelsOf({ watched, environment }, 'page'),
    annotations: {
      summary: `${service} in ${environment} is down`,
      description: `For 5 minutes no server of it has answered Prometheus. See what runs with "tidegate status". When it does run, the scrape configuration is not right: its target needs the label environment="${environment}".`,
    },
  };
}

function notReady(place: WatchedPlace): AlertingRule {
  return {
    alert: 'TidegateModelNotAnswering',
    expr: `max by (environment) (${ofService(seriesIn(place, 'tidegate_ready'), place.watched)}) == 0`,
    for: '5m',
    labels: labelsOf(place, 'page'),
    annotations: {
      summary: `The model of ${place.watched.service} in ${place.environment} does not answer`,
      description: 'For 5 minutes its servers are there, but none of them answers predictions: the model is being loaded, or cannot be.',
    },
  };
}

function restarts(place: WatchedPlace): AlertingRule {
  return {
    alert: 'TidegateModelRestarts',
    expr: `${sumOf(`increase(${seriesIn(place, 'tidegate_model_restarts_total')}[15m])`, place)} > 2`,
    labels: labelsOf(place, 'ticket'),
    annotations: {
      summary: `The model of ${place.watched.service} in ${place.environment} ends again and again`,
      description: 'Its process or thread was started again more than twice in 15 minutes. Requests under way at such a moment got 503.',
    },
  };
}

function notLogged(place: WatchedPlace): AlertingRule {
  return {
    alert: 'TidegatePredictionsNotLogged',
    expr: `${sumOf(`increase(${seriesIn(place, 'tidegate_prediction_log_rows_total', ',outcome="dropped"')}[30m])`, place)} > 0`,
    labels: labelsOf(place, 'ticket'),
    annotations: {
      summary: `The prediction log of ${place.watched.service} in ${place.environment} has gaps`,
      description:
        'Rows were dropped in the last 30 minutes: the disk is full, cannot be written, or cannot keep up. Predictions went out.',
    },
  };
}

/** A value that is null in the data is a value; one that is not there or too old is not. */
function features(place: WatchedPlace): AlertingRule {
  const found = (status = ''): string => sumOf(`rate(${seriesIn(place, 'tidegate_feature_lookups_total', status)}[30m])`, place);
  const absent = found(',status=~"NOT_FOUND|OUTSIDE_MAX_AGE"');
  return {
    alert: 'TidegateFeaturesMissing',
    expr: `${absent} / ${found()} > 0.1`,
    for: '15m',
    labels: labelsOf(place, 'ticket'),
    annotations: {
      summary: `${place.watched.service} in ${place.environment} predicts without many of its features`,
      description:
        'More than a tenth of the feature values looked up in 30 minutes are not there (status NOT_FOUND) or too old (OUTSIDE_MAX_AGE); the model got null. Fill the online store with "tidegate features materialise".',
    },
  };
}

/** Whether events have stopped coming, or refreshes: in both cases predictions go on with what is there. */
function stale(place: WatchedPlace): readonly AlertingRule[] {
  const { watched } = place;
  if (watched.oldestFeatureMs === null) return [];
  const newest = ofService(seriesIn(place, 'tidegate_feature_newest_event_timestamp_seconds'), watched);
  const limit = watched.oldestFeatureMs / 1000;
  return [
    {
      alert: 'TidegateFeaturesStale',
      expr: `max by (environment) (time() - max by (environment, view) (${newest})) > ${limit}`,
      for: '15m',
      labels: labelsOf(place, 'ticket'),
      annotations: {
        summary: `${watched.service} in ${place.environment} predicts with old features`,
        description: `The newest event of a view in the online store is older than the ${limit} seconds that its monitor allows (staleness.features). Either no events arrive at the sources, or nobody refreshes: see "tidegate features materialise". The view is the one whose tidegate_feature_newest_event_timestamp_seconds is lowest.`,
      },
    },
  ];
}

function sumOf(expr: string, { watched }: WatchedPlace): string {
  return `sum by (environment) (${ofService(expr, watched)})`;
}

function seriesIn({ environment }: WatchedPlace, metric: string, more = ''): string {
  return `${metric}{environment=${JSON.stringify(environment)}${more}}`;
}

function labelsOf({ watched: { project, service }, environment }: WatchedPlace, severity: Severity): AlertingRule['labels'] {
  return { project, service, environment, severity };
}
