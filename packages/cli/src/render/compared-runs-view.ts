import type { BothSides, ComparedEvidence, ComparedMetric, ComparedRuns, ComparedStep, InputChange } from '@tidegate/core';
import { reasonsInDetail } from './change-words.ts';
import { duration, measured } from './figures.ts';
import { revisionWords } from './run-history-view.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, runWords, statusWords } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

/** Of each sort at most so many are shown; all of them are in `--json`. */
const most = 20;

/** Two runs side by side: what they were, then steps, metrics, verdicts and times that differ. */
export function comparedRunLines(compared: ComparedRuns, terminal: Styled): readonly string[] {
  const { before, after, steps, same, metrics, evidence } = compared;
  return [
    ...table(
      [
        ['', terminal.style('bold', before.id), terminal.style('bold', after.id)],
        ['revision', revisionWords(before), revisionWords(after)],
        ['outcome', runWords[before.status], runWords[after.status]],
        ['verdict', before.verdict ?? 'none', after.verdict ?? 'none'],
        ['took', timeWords(before.durationMs), timeWords(after.durationMs)],
        ['steps that ran', `${before.steps.ran} of ${before.steps.all}`, `${after.steps.ran} of ${after.steps.all}`],
      ],
      { indent: '  ' },
    ),
    ...section(
      'Steps',
      limited(steps, (step) => stepRow(step, compared.changes), { terminal }),
      terminal,
    ),
    ...(same === 0 ? [] : [terminal.style('dim', `  ${counted(same, 'step')} with the same result`)]),
    ...section('Metrics', limited(metrics, metricRow, { terminal }), terminal),
    ...section('Verdicts', limited(evidence, verdictRow, { terminal }), terminal),
    ...(steps.length + evidence.length === 0 ? ['Both came to the same results.'] : []),
  ];
}

function section(title: string, lines: readonly string[], { style }: Styled): readonly string[] {
  return lines.length === 0 ? [] : [style('bold', title), ...lines];
}

function limited<T>(
  items: readonly T[],
  row: (item: T) => readonly string[],
  { terminal }: { readonly terminal: Styled },
): readonly string[] {
  const more = items.length - most;
  const lines = table(items.slice(0, most).map(row), { indent: '  ' });
  return more > 0 ? [...lines, terminal.style('dim', `  … and ${more} more; all of them: --json`)] : lines;
}

function stepRow({ step, status, durationMs, differences, outputs }: ComparedStep, changes: readonly InputChange[]): readonly string[] {
  const why = reasonsInDetail(differences.slice(0, 3), changes);
  const more = differences.length > 3 ? ` and ${differences.length - 3} more` : '';
  const made = outputs.length === 0 || why !== '' ? '' : `other bytes in ${outputs.join(', ')}`;
  return [step, sides(status, (value) => statusWords[value]), sides(durationMs, duration, ''), why === '' ? made : why + more];
}

function metricRow({ step, metric, value, higherIsBetter }: ComparedMetric): readonly string[] {
  const { before, after } = value;
  const change = before === null || after === null || before === after ? '' : after > before === higherIsBetter ? 'better' : 'worse';
  return [step, metric, sides(value, measured), change];
}

function verdictRow({ step, name, verdict, reason }: ComparedEvidence): readonly string[] {
  return [step, name, sides(verdict, (value) => value), harmless(reason)];
}

/** `done → unchanged`, or once what is the same. */
function sides<T>({ before, after }: BothSides<T>, words: (value: T) => string, none = 'none'): string {
  const [was, is] = [before === null ? none : words(before), after === null ? none : words(after)];
  return was === is ? was : `${was === '' ? '–' : was} → ${is === '' ? '–' : is}`;
}

function timeWords(ms: number | null): string {
  return ms === null ? 'not to its end' : duration(ms);
}
