import type { MonitorHistory, TriedRows } from '@tidegate/core';
import { compareCodeUnits, type Evidence, type MonitorCheck, type MonitorPart, worstVerdict } from '@tidegate/formats';
import { moment } from './figures.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, shortName, verdictMark, verdictStyle } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

/** What a monitor found: a line for each part, and below it what does not pass. */
export function checkLines(check: MonitorCheck, terminal: Styled): readonly string[] {
  const { style } = terminal;
  const live = check.release === null ? 'nothing live' : `release ${shortName(check.release)}`;
  return [
    `${style('bold', `monitors.${check.monitor}`)} in ${check.environment}, ${live}, at ${moment(check.at)}: ${verdictWords(check, terminal)}`,
    ...check.parts.flatMap((part) => partLines(part, check.evidence, terminal)),
    ...decisionLines(check, terminal).map((line) => `  ${line}`),
  ];
}

/** What a monitor would say of rows that were not asked. */
export function triedLines({ verdict, reason, evidence }: TriedRows, terminal: Styled): readonly string[] {
  return partLines({ part: 'drift', verdict, reason, window: null }, evidence, terminal).map((line) => line.replace(/^ {2}/, ''));
}

/** What a monitor found over time, a line for each check, the newest first; trainings stand where they were started. */
export function historyLines({ checks, retrainings }: MonitorHistory, terminal: Styled): readonly string[] {
  const { style } = terminal;
  const lines = [
    ...checks.map((check) => ({
      at: check.checkedAt,
      line: [
        moment(check.at),
        verdictWords(check, terminal),
        check.parts.map(({ part, verdict }) => `${part} ${verdict}`).join(', '),
        asked(check),
      ],
    })),
    ...retrainings.map(({ at, notedAt, run }) => ({ at: notedAt, line: [moment(at), style('bold', 'training'), run, ''] })),
  ];
  return table(lines.toSorted((a, b) => compareCodeUnits(b.at, a.at)).map(({ line }) => line));
}

function asked({ retrain }: MonitorCheck): string {
  if (retrain.reasons.length === 0) return '';
  return retrain.heldBackBy === null ? 'training wanted' : 'training held back';
}

/** What was decided about training again; nothing when nothing asks for it. */
export function decisionLines({ retrain }: MonitorCheck, { style }: Styled): readonly string[] {
  if (retrain.reasons.length === 0) return [];
  const why = retrain.reasons.map(harmless).join('; ');
  return retrain.heldBackBy === null
    ? [`${style('yellow', 'Training again is wanted')}: ${why}.`]
    : [`Training again is held back (${harmless(retrain.heldBackBy)}): ${why}.`];
}

const shown = 12;

function partLines(part: MonitorPart, evidence: readonly Evidence[], terminal: Styled): readonly string[] {
  const own = evidence
    .filter(({ kind, verdict, reason }) => kind === part.part && verdict !== 'pass' && reason !== part.reason)
    .toSorted((a, b) => (a.verdict === b.verdict ? 0 : worstVerdict([a.verdict, b.verdict]) === a.verdict ? -1 : 1));
  const lines = own.slice(0, shown).map((one) => `      ${verdictWords(one, terminal)}: ${harmless(one.reason)}`);
  const more = own.length > shown ? [`      and ${own.length - shown} more: see them with --json`] : [];
  return [`  ${verdictWords(part, terminal)} ${part.part}: ${harmless(part.reason)}${windowWords(part)}`, ...lines, ...more];
}

function windowWords({ window }: MonitorPart): string {
  if (window === null || window.rows === 0) return '';
  const others = window.ofOtherReleases === 0 ? '' : `, ${counted(window.ofOtherReleases, 'prediction')} of other releases left out`;
  const sample = window.oneIn === 1 ? '' : `, one in ${window.oneIn} taken`;
  return ` (${moment(window.from)} to ${moment(window.until)}${others}${sample})`;
}

function verdictWords({ verdict }: Pick<Evidence, 'verdict'>, { style }: Styled): string {
  return style(verdictStyle[verdict], `${verdictMark[verdict]} ${verdict}`);
}
