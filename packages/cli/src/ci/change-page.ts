import type { JudgedChange } from '@tidegate/core';
import { originWords } from '../render/explanation-view.ts';
import { foldItems } from '../render/fold-items.ts';
import { duration } from '../render/figures.ts';
import { counted, reasonWords, runWords, statusWords } from '../render/words.ts';
import { contractsPart } from './contracts-part.ts';
import { codePart, dataPart, featuresPart } from './changes-part.ts';
import { code, folded, Markdown, md, table } from './markdown.ts';
import { modelPart } from './model-part.ts';
import { byWeight, evidenceOfChange, verdictSentence, verdictWord } from './verdict-sentence.ts';

/** Bytes of a page: GitHub takes comments of 65,536 characters, the least of all that are known, and nobody counts fewer characters than bytes. */
const longestPage = 60_000;

export interface PageContext {
  readonly project: string;
  /** Page of the CI's run, for people; null outside of one. */
  readonly runUrl: string | null;
}

/** First line of the comment of a project, by which it is found again. The name's grammar has nothing that could end it. */
export function pageMarker(project: string): string {
  return `<!-- tidegate:ci ${project} -->`;
}

/** The report of a change as one comment: the verdict first, then what decided it and what changed; details are folded. */
export function changePage(change: JudgedChange, { project, runUrl }: PageContext): string {
  const { models, tests } = change;
  const parts = [
    md`## ${marks[verdictWord(change)] ?? '❌'} Tidegate: ${verdictWord(change)} for ${code(project)}`,
    md`**${verdictSentence(change)}.**`,
    decisions(change),
    ...models.map(modelPart),
    contractsPart(change),
    dataPart(change),
    featuresPart(change),
    codePart(change),
    failedTests(tests),
    stepsPart(change),
    footer(change, runUrl),
  ];
  return fitted(
    pageMarker(project),
    parts.filter((part) => part !== null),
  );
}

const marks: { readonly [word: string]: string } = { pass: '✅', inconclusive: '❔', 'nothing measured': '❔', invalid: '🚫' };

/** As many parts as fit, whole, the first ones first; what is left out is said. */
function fitted(marker: string, parts: readonly Markdown[]): string {
  const note = '\n\nThe rest is too long for a comment: see the report that the CI keeps.';
  let page = marker;
  for (const [index, { text }] of parts.entries()) {
    const spare = index === parts.length - 1 ? 0 : note.length;
    if (bytesOf(page) + bytesOf(text) + 2 + spare > longestPage - 1) return `${page}${note}\n`;
    page = `${page}\n\n${text}`;
  }
  return `${page}\n`;
}

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** What does not pass, and the deciding numbers of what does; slices that were compared are in a table of their own. */
function decisions(change: JudgedChange): Markdown | null {
  const { run, models } = change;
  const compared = new Set(
    models.flatMap(({ model, evaluation }) =>
      evaluation.sliceComparisons.map(({ column, value }) => `models.${model} slice.${column}=${value}`),
    ),
  );
  const evidence = evidenceOfChange(change).filter(({ subject, name }) => !compared.has(`${subject} ${name}`));
  const told = evidence
    .filter(
      (item) =>
        (item.blocking && item.verdict !== 'pass') || (item.verdict === 'pass' && ['comparison', 'limit', 'leakage'].includes(item.kind)),
    )
    .toSorted(byWeight);
  const warnings = evidence.filter((item) => !item.blocking && item.verdict !== 'pass').toSorted(byWeight);
  const failures = run.steps.flatMap(({ step, failure }) => (failure === null ? [] : [{ step, failure }]));
  const rows = [
    ...failures.map(({ step, failure }) => [md`**failed**`, code(step), failure.message]),
    ...told.map(({ verdict, subject, reason }) => [verdict === 'pass' ? 'pass' : md`**${verdict}**`, code(subject), reason]),
  ];
  const warned = table(
    ['Verdict', 'About', 'Why'],
    warnings.map(({ verdict, subject, reason }) => [verdict, code(subject), reason]),
    30,
  );
  const all = [
    table(['Verdict', 'About', 'Why'], rows, 30),
    warned && folded(`${counted(warnings.length, 'warning')}: not passed, but nothing that blocks`, warned),
  ].filter((part) => part !== null);
  return all.length === 0 ? null : new Markdown(all.map(({ text }) => text).join('\n\n'));
}

function failedTests(tests: JudgedChange['tests']): Markdown | null {
  const told = tests.flatMap(({ suite, cases }) => cases.map((one) => ({ suite, ...one })));
  const bad = told.filter(({ outcome }) => outcome === 'failed' || outcome === 'flaky');
  const rows = bad.map(({ suite, name, outcome, quarantine, message }) => [
    code(suite),
    code(name),
    quarantine === undefined ? outcome : `${outcome}, in quarantine until ${quarantine.until} (${quarantine.owner})`,
    message,
  ]);
  const inside = table(['Suite', 'Test', 'Outcome', 'Message'], rows, 30);
  return inside && folded(bad.length === 1 ? '1 test does not pass' : `${bad.length} tests do not pass`, inside);
}

function stepsPart({ run }: JudgedChange): Markdown | null {
  const ran = run.steps.filter(({ status }) => status === 'done' || status === 'failed');
  const hits = run.steps.filter(({ status }) => status === 'hit').length;
  const shown = foldItems(run.steps);
  const isRun = ({ status }: (typeof shown)[number]): boolean => status === 'done' || status === 'failed';
  const rows = [...shown.filter(isRun), ...shown.filter((step) => !isRun(step))].map((step) => [
    code(step.step),
    statusWords[step.status],
    step.status === 'hit' ? '' : duration(step.durationMs),
    step.status === 'hit'
      ? `result of run ${step.madeBy ?? ''}${step.from == null ? '' : originWords(step.from)}`
      : step.reasons.map(reasonWords).join('; '),
  ]);
  const inside = table(['Step', 'State', 'Time', 'Why'], rows, 100);
  return inside && folded(`Steps: ${ran.length} ran, ${hits} of ${run.steps.length} taken from the cache`, inside);
}

function footer({ run, base, head }: JudgedChange, runUrl: string | null): Markdown {
  const range = base === null ? md`${code(head.id.slice(0, 12))}` : md`${code(base.id.slice(0, 12))} to ${code(head.id.slice(0, 12))}`;
  const dirty = run.dirty ? ', with files that no commit has' : '';
  const time = run.durationMs === null ? '' : ` after ${duration(run.durationMs)}`;
  // the address is checked to be one of http; round brackets would end the link early
  const link = runUrl === null ? '' : new Markdown(` [This run](${runUrl.replaceAll(/[()<>\s\\]/g, encodeURIComponent)}).`);
  return md`<sub>From ${range} (${head.subject})${dirty}; run ${code(run.id)} ${runWords[run.status]}${time}.${link}</sub>`;
}
