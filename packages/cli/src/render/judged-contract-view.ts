import type { JudgedCheck, JudgedContract } from '@tidegate/core';
import { exampleRowLines } from './evidence-lines.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, verdictMark, verdictStyle } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

/** What data has to say to a data contract: the verdict, and a line for each check, with rows that break it. */
export function judgedContractLines(judged: JudgedContract, terminal: Styled): readonly string[] {
  const { file, id, version, object, data, rows, verdict, checks } = judged;
  const failing = checks.filter((check) => check.verdict !== 'pass').length;
  const undeclared = new Set(checks.filter(isUndeclared).slice(shownUndeclared));
  const shown = checks.filter((check) => !undeclared.has(check));
  const rest = undeclared.size;
  return [
    `${terminal.style(verdictStyle[verdict], verdict)} ${harmless(data)} by ${harmless(file)} ("${harmless(id)}" ${harmless(version)}, object "${harmless(object)}"): ${counted(rows, 'row')}, ${counted(checks.length, 'check')}, ${failing} not passed`,
    ...shown.flatMap((check) => checkLines(check, terminal)),
    ...(rest > 0 ? [`  and ${rest} more columns that the data contract does not describe`] : []),
  ];
}

/** Columns of the data that are not in the data contract, as they are listed. */
const shownUndeclared = 10;

function isUndeclared({ name, severity, verdict }: JudgedCheck): boolean {
  return name.endsWith('.declared') && severity === 'warning' && verdict === 'fail';
}

function checkLines(check: JudgedCheck, terminal: Styled): readonly string[] {
  const { verdict, promise, reason, severity, examples } = check;
  const mark = terminal.style(verdictStyle[verdict], verdictMark[verdict]);
  if (verdict === 'pass') return [`  ${mark} ${harmless(promise)}`];
  return [
    `  ${mark} ${severity === 'warning' ? '(warning) ' : ''}${harmless(reason)}`,
    ...exampleRowLines(examples, terminal).map((line) => `    ${line}`),
  ];
}
