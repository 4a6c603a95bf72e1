import type { DataDrift, DriftedColumn } from '@tidegate/formats';
import { code, folded, md, type Piece, table } from '../ci/markdown.ts';
import { beyondSentences } from './beyond-columns-view.ts';
import { sampleWords, sinceWords } from './drift-view.ts';
import { measured } from './figures.ts';
import { verdictMark } from './words.ts';

/** The same as Markdown, for a pull request: a table of what does not pass, all others folded away. Names and values cannot do anything there. */
export function driftMarkdown(drift: DataDrift): string {
  const { dataset, before, after, verdict, reason, seasons, columns, leftOut } = drift;
  const [open, passed] = [columns.filter((one) => one.verdict !== 'pass'), columns.filter((one) => one.verdict === 'pass')];
  const parts: Piece[] = [
    md`**data.${dataset}**: ${sampleWords(after)} against ${sampleWords(before)}`,
    md`${verdictMark[verdict]} **${verdict}**: ${reason}`,
    ...seasons.map((sentence) => md`${sentence}`),
    table(head, open.map(rowOf)),
    beyondTable(drift),
    passed.length === 0 ? null : folded(`${passed.length} as they were`, table(head, passed.map(rowOf)) ?? md``),
    leftOut.length === 0
      ? null
      : folded(
          `${leftOut.length} not compared`,
          table(
            ['column', 'why'],
            leftOut.map((one) => [code(one.column), one.reason]),
          ) ?? md``,
        ),
  ];
  return parts
    .filter((part) => part !== null)
    .map((part) => md`${part}`.text)
    .join('\n\n');
}

function beyondTable(drift: DataDrift): Piece | null {
  const sentences = beyondSentences(drift).map(({ verdict, text }) => [verdict === null ? '' : `${verdictMark[verdict]} ${verdict}`, text]);
  return sentences.length === 0 ? null : table(['verdict', 'beyond single columns'], sentences);
}

const head = ['column', 'verdict', 'distance', 'what was found', 'since'];

function rowOf({ column, view, verdict, drift, reason, since }: DriftedColumn): readonly Piece[] {
  const distance = drift === null ? '' : `${measured(drift.distance)} (${measured(drift.low)} to ${measured(drift.high)})`;
  return [
    [code(column), view === 'values' ? '' : ` (${view})`],
    `${verdictMark[verdict]} ${verdict}`,
    distance,
    reason,
    since === null ? '' : sinceWords(since),
  ];
}
