import type { JudgedModel } from '@tidegate/core';
import type { Evaluation, Evidence, Verdict } from '@tidegate/formats';
import { detailsShapes, readDetails } from '../model-evidence/details.ts';
import { lastPart, letThrough, modelEvidence, sliceOf } from '../model-evidence/model-evidence.ts';
import { measured, whole } from '../render/figures.ts';
import { signed } from '../report/model/figures.ts';
import { baselineWords } from '../report/model/metric-part.ts';
import { code, Markdown, md, type Piece } from './markdown.ts';

/** Things that one line names. */
const named = 4;

/** What else was found out about a model, a line for each topic, so that a phone shows it without scrolling; null when nothing was. */
export function modelLines({ evaluation, evidence }: Pick<JudgedModel, 'evaluation' | 'evidence'>): Markdown | null {
  const found = modelEvidence(evidence);
  const lines = [
    ...letThrough(evidence).map(({ evidence: one, person, reason }) => line('Let through', md`${code(one.name)} by ${person}: ${reason}`)),
    line('Baselines', baselines(evaluation)),
    line('Slices that nobody named', discovered(found.discovered)),
    line('Calibration', verdicts(found.calibration)),
    line('Fairness', fairness(found.fairness)),
    line('Robustness', robustness(found.robustness)),
    line('Behaviour', behaviour(found.behaviour)),
    line('Errors', errors(evaluation)),
    line('What moves it', importance(evaluation)),
    line('Seeds', seeds(evaluation, found.seeds)),
    line('Limits on serving', verdicts(found.cost)),
  ].filter((one) => one !== null);
  return lines.length === 0 ? null : new Markdown(lines.map(({ text }) => text).join('\n'));
}

function line(topic: string, told: Piece): Markdown | null {
  return told === null ? null : md`- ${new Markdown(`**${topic}:**`)} ${told}`;
}

function baselines({ baselines: list = [] }: Evaluation): Piece {
  if (list.length === 0) return null;
  return listed(
    list.map(({ name, comparison }) => {
      if (comparison === null) return md`not computed against ${baselineWords(name)}`;
      const { low, high, difference, metric } = comparison;
      const words = low > 0 ? 'better than' : high < 0 ? 'worse than' : 'not shown to be better than';
      return md`${emphasis(words, low > 0 ? 'pass' : 'fail')} ${baselineWords(name)} (${signed(difference)} in ${metric})`;
    }),
  );
}

function discovered(evidence: readonly Evidence[]): Piece {
  const told = evidence.flatMap((one) => {
    const details = readDetails(detailsShapes.discovered, one);
    return details === null ? [] : [md`${code(sliceOf(one))} (${whole(details.rows)} rows, ${measured(details.effect)} sd worse)`];
  });
  return told.length === 0 ? null : listed(told);
}

function fairness(evidence: readonly Evidence[]): Piece {
  const told = evidence.flatMap((one) => {
    const gap = readDetails(detailsShapes.gap, one);
    if (gap !== null)
      return [
        md`${emphasis(one.verdict, one.verdict)} ${gap.measure} by ${gap.column}: ${measured(gap.gap.value)}, at most ${measured(gap.max)}`,
      ];
    const growth = readDetails(detailsShapes.growth, one);
    if (growth === null) return [];
    const { measure, column, candidate, champion } = growth;
    return [md`${emphasis(one.verdict, one.verdict)} ${measure} by ${column}: ${measured(candidate)}, champion ${measured(champion)}`];
  });
  return told.length === 0 ? verdicts(evidence) : listed(told);
}

function robustness(evidence: readonly Evidence[]): Piece {
  if (evidence.length === 0) return null;
  return listed(
    evidence.map((one) => {
      const details = readDetails(detailsShapes.comparison, one);
      return md`${emphasis(one.verdict, one.verdict)} ${lastPart(one)}${details === null ? '' : ` (${signed(details.difference)} in ${details.metric})`}`;
    }),
  );
}

function behaviour(evidence: readonly Evidence[]): Piece {
  if (evidence.length === 0) return null;
  const details = evidence.flatMap((one) => readDetails(detailsShapes.behaviour, one) ?? []);
  const bad = evidence.filter(({ verdict }) => verdict !== 'pass');
  const added = details.reduce((sum, { champion }) => sum + (champion?.onlyCandidate ?? 0), 0);
  const head = `${evidence.length - bad.length} of ${evidence.length} tests pass${added === 0 ? '' : `, ${whole(added)} cases newly fail`}`;
  return bad.length === 0 ? head : md`${head}; not: ${listed(bad.map((one) => md`${code(lastPart(one))}`))}`;
}

function errors({ errors: found }: Evaluation): Piece {
  if (found === undefined || found.rows === 0) return null;
  const { rows, errors: count, against, gathered } = found;
  const flips = against === null ? '' : `; ${whole(against.new)} new and ${whole(against.fixed)} fixed beside the champion`;
  const [first] = gathered;
  const where = first === undefined ? null : md`; most where ${code(first.slice)}, ${measured(first.lift)} times as often`;
  return md`${whole(count)} of ${whole(rows)} rows${flips}${where}`;
}

function importance({ explanation }: Evaluation): Piece {
  if (explanation === undefined) return null;
  const shown = explanation.importances.filter(({ low }) => low > 0);
  return shown.length === 0
    ? 'no input is shown to matter'
    : md`${listed(shown.map(({ input, value }) => md`${code(input)} ${measured(value)}`))} (${explanation.metric} lost when shuffled)`;
}

function verdicts(evidence: readonly Evidence[]): Piece {
  return evidence.length === 0 ? null : listed(evidence.map((one) => md`${emphasis(one.verdict, one.verdict)} ${code(one.name)}`));
}

function seeds({ seeds: spreads = [] }: Evaluation, evidence: readonly Evidence[]): Piece {
  const told = spreads.map(({ metric, mean, sd, values }) => md`${metric} ${measured(mean)} ± ${measured(sd)} over ${values.length}`);
  const others = evidence.filter(({ verdict }) => spreads.length === 0 || verdict !== 'pass').map(({ reason }) => md`${reason}`);
  return told.length + others.length === 0 ? null : listed([...told, ...others]);
}

/** What does not pass is seen at once. */
function emphasis(words: string, verdict: Verdict): Markdown {
  return verdict === 'pass' ? md`${words}` : new Markdown(`**${md`${words}`.text}**`);
}

function listed(parts: readonly Markdown[]): Markdown {
  const rest = parts.length > named ? `, and ${parts.length - named} more` : '';
  return new Markdown(
    `${parts
      .slice(0, named)
      .map(({ text }) => text)
      .join('; ')}${rest}`,
  );
}
