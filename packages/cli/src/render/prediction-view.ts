import type { ExplainedPrediction } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { harmless, type Terminal } from './terminal.ts';

type Styled = Pick<Terminal, 'style'>;

/** Which model, release, commit, data and feature values made an answer, and what to ask to get it again. */
export function predictionLines(found: ExplainedPrediction, { style }: Styled): readonly string[] {
  const { deployment, model, datasets, views, reproduce } = found;
  const versions = (list: { readonly [name: string]: string }): string =>
    Object.entries(list)
      .map(([name, digest]) => `${name} ${digest.replace('sha256:', '').slice(0, 12)}`)
      .join(', ');
  return [
    `${style('bold', found.id)} (prediction)`,
    `  ${answerWords(found)}, answered at ${found.answeredAt} by ${found.service} in ${found.environment}, with features as of ${found.at}.`,
    `  Model ${model.name} ${shortDigest(model.version)} in release ${shortDigest(found.release)}.`,
    deployment === null
      ? '  The history does not say when that release became live.'
      : `  Live since ${deployment.at}: commit ${deployment.commit?.slice(0, 12) ?? 'not known'}, run ${deployment.run ?? 'none, by hand'}.`,
    datasets === null ? '  The records of its training are no longer kept.' : `  Trained on data: ${versions(datasets)}.`,
    ...(Object.keys(views).length === 0 ? [] : [`  Feature views: ${versions(views)}.`]),
    '  Given to the model:',
    ...found.inputs.map(
      ({ name, value, from, status }) =>
        `    ${name.padEnd(28)} ${harmless(JSON.stringify(value))}${status === null ? '' : ` (${status})`}  ${style('dim', from)}`,
    ),
    ...Object.entries(found.fields).map(
      ([name, value]) => `    ${name.padEnd(28)} ${harmless(JSON.stringify(value))}  ${style('dim', 'sent, no input of the model')}`,
    ),
    '  To ask again:',
    `    tidegate serve ${shortDigest(reproduce.release)} --port 8080`,
    `    curl http://127.0.0.1:8080/v1/predict -H 'content-type: application/json' -d '${harmless(JSON.stringify(reproduce.body)).replaceAll("'", "'\\''")}'`,
    '  The online store may have moved on since: what the model was given then is above.',
  ];
}

function answerWords({ prediction, label, probabilities }: ExplainedPrediction): string {
  const all = Array.isArray(probabilities) ? ` (${probabilities.map((value) => Number(value).toPrecision(4)).join(', ')})` : '';
  if (prediction === null) return `Class ${String(label)}${all}`;
  return label === null ? `Value ${String(prediction)}` : `Class ${String(label)}, prediction ${String(prediction)}`;
}
