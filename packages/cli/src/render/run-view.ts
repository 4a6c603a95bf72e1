import { type EmitEvent, type Event, isDigest, type RunRecord, shortDigest, type StepRecord, unreachable } from '@tidegate/formats';
import { checkLines } from './check-view.ts';
import { evidenceLines } from './evidence-lines.ts';
import { duration, whole } from './figures.ts';
import { itemsView } from './items-view.ts';
import { pinnedInsteadWords } from './pinned-instead.ts';
import { repetitionLines } from './repetition-view.ts';
import { rowsForgottenWords } from './rows-forgotten.ts';
import { shownOutput } from './shown-output.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, reasonWords, retryWords, runWords, statusWords, verdictStyle } from './words.ts';

/** Renders the events of a run as they come: a line for each finished step, and on a terminal a moving line with what is going on. */
export function runView(terminal: Terminal, options: { readonly verbose: boolean }): EmitEvent {
  const running = new Map<string, string>();
  const showOutput = shownOutput(
    (step, line) => terminal.line(terminal.style('dim', `    ${step} | ${harmless(line)}`)),
    () => performance.now(),
  );
  const items = itemsView(terminal, (record) => stepLines(record, terminal));
  const moving = (): void => {
    const [first] = running.entries();
    const ofItems = items.moving();
    const more = running.size > 1 ? ` (and ${running.size - 1} more)` : '';
    const alone = first === undefined ? null : `… ${first[0]}: ${first[1]}${more}`;
    terminal.status(ofItems === null ? alone : `… ${ofItems}${first === undefined ? '' : `; ${first[0]}: ${first[1]}${more}`}`);
  };
  return (event: Event) => {
    const lines = options.verbose ? null : items.lines(event);
    if (lines !== null) {
      for (const line of lines) terminal.line(line);
      return moving();
    }
    switch (event.kind) {
      case 'run-started':
        return items.begin(event.steps);
      case 'step-started':
        running.set(event.step, 'starting');
        if (!terminal.interactive) terminal.line(`  … ${event.step}: ${event.reasons.slice(0, 3).map(reasonWords).join('; ')}`);
        return moving();
      case 'step-progress':
        running.set(event.step, `${event.doing}${event.fraction === null ? '' : `, ${Math.round(event.fraction * 100)} %`}`);
        return moving();
      case 'step-output':
        if (options.verbose) showOutput(event.step, event.text);
        return;
      case 'step-retried':
        running.delete(event.step);
        terminal.line(terminal.style('yellow', `  ! ${retryWords(event)}`));
        return moving();
      case 'step-finished':
        running.delete(event.record.step);
        for (const line of stepLines(event.record, terminal, items.summaryOf(event.record.step))) terminal.line(line);
        return moving();
      case 'input-changed-while-running':
        return terminal.line(
          terminal.style('yellow', `  ! ${event.path} changed while ${event.step} ran: its result is used for this run and not kept`),
        );
      case 'source-notices':
        return event.notices.forEach((notice) => terminal.line(terminal.style('yellow', `  ! data.${event.dataset}: ${harmless(notice)}`)));
      case 'rows-forgotten':
        terminal.line(rowsForgottenWords(event));
        if (event.givenUp > 0)
          terminal.line(`  What was added of it and is no version yet was given up: tidegate data add ${event.dataset}`);
        return;
      case 'pinned-instead-of-files':
        return terminal.line(terminal.style('yellow', `  ! ${pinnedInsteadWords(event.dataset)}`));
      case 'not-isolated':
        return terminal.line(
          terminal.style('yellow', `  ! Commands run without a sandbox, so they can read your files and use the network: ${event.why}`),
        );
      case 'unchecked-packages':
        return terminal.line(
          terminal.style(
            'yellow',
            `  ! ${event.lock} has no "Sha256" for ${counted(event.packages.length, 'package')}, so what was installed was not checked: ${event.packages.slice(0, 3).join(', ')}${event.packages.length > 3 ? ' …' : ''}`,
          ),
        );
      case 'undeclared-reads':
        return undeclaredLines(event.step, event.paths).forEach((line) => terminal.line(terminal.style('yellow', line)));
      case 'crashed-run-found':
        return terminal.line(
          terminal.style(
            'dim',
            `  Run ${event.run} was killed; ${counted(event.processesEnded, 'process', 'processes')} it had left ${event.processesEnded === 1 ? 'was' : 'were'} ended. Its finished steps are kept.`,
          ),
        );
      case 'virtual-environment-progress':
        running.set('virtual environment', event.doing);
        if (!terminal.interactive) terminal.line(`  … virtual environment: ${event.doing}`);
        return moving();
      case 'deploy-progress':
        running.set(event.environment, event.doing);
        if (!terminal.interactive) terminal.line(`  … ${event.environment}: ${event.doing}`);
        return moving();
      case 'deployed':
        running.delete(event.environment);
        return terminal.line(
          `  ${terminal.style('green', '✓')} ${event.environment}: release ${shortDigest(event.release)} is live at ${event.address}; the switch took ${duration(event.switchMs)}`,
        );
      case 'monitor-checked':
        for (const line of checkLines(event.check, terminal)) terminal.line(line);
        return moving();
      case 'run-finished':
        return terminal.status(null);
      default:
        return unreachable(event);
    }
  };
}

function undeclaredLines(step: string, paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [`  ${step} looked for no file of the project that it does not declare`];
  return [
    `  ! ${step} looked for what it does not declare; what it needs of this belongs under its "in:"`,
    ...paths.map((path) => `      ${harmless(path)}`),
  ];
}

/** A finished step: one line, and below it the evidence that says something. */
function stepLines(record: StepRecord, terminal: Terminal, items = ''): readonly string[] {
  const { style } = terminal;
  const mark = {
    hit: style('dim', '='),
    done: style('green', '✓'),
    failed: style('red', '✗'),
    blocked: style('dim', '-'),
    cancelled: style('yellow', '-'),
    skipped: style('dim', '-'),
  }[record.status];
  if (record.status === 'hit' && record.evidence.every((item) => item.verdict === 'pass'))
    return [style('dim', `  ${mark} ${record.step}: unchanged${items === '' ? '' : ` (items: ${items})`}`)];
  const time = record.status === 'done' || record.status === 'failed' ? `, ${duration(record.durationMs)}` : '';
  const why =
    record.status === 'done' && record.reasons.length > 0
      ? style('dim', ` (${record.reasons.slice(0, 3).map(reasonWords).join('; ')})`)
      : '';
  const facts = factWords(record);
  return [
    `  ${mark} ${record.step}: ${statusWords[record.status]}${time}${facts === '' ? '' : `; ${facts}`}${items === '' ? '' : ` (items: ${items})`}${why}`,
    ...firstBytes(record).map((line) => style('dim', line)),
    ...evidenceLines(record.evidence, terminal),
    ...repetitionLines(record, terminal),
    ...failureLines(record, terminal),
  ];
}

/** Outputs that came out with the stable digest of an earlier one, whose bytes are passed on. */
function firstBytes({ status, madeBy, outputs }: StepRecord): readonly string[] {
  if (status !== 'done') return [];
  return Object.entries(outputs).flatMap(([output, { stable }]) =>
    stable === undefined || stable.run === madeBy ? [] : [`      ${output}: stable, so it stays as run ${stable.run} made it`],
  );
}

function factWords(record: StepRecord): string {
  return Object.entries(record.facts)
    .filter(([, value]) => typeof value === 'number' || typeof value === 'string')
    .slice(0, 4)
    .map(([name, value]) => `${name} ${factText(value)}`)
    .join(', ');
}

function factText(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? whole(value) : value.toPrecision(4);
  const text = String(value);
  return isDigest(text) ? text.slice(7, 19) : text;
}

function failureLines({ failure }: StepRecord, { style }: Pick<Terminal, 'style'>): readonly string[] {
  if (failure === null) return [];
  const [first = '', ...rest] = harmless(failure.message).split('\n');
  return [
    `      ${style('red', failure.code)}: ${first}`,
    ...rest.map((line) => `        ${line}`),
    ...(failure.hint === null ? [] : [`      ${style('bold', 'fix:')} ${failure.hint}`]),
  ];
}

/** The last words of a run. */
export function summaryLines(run: RunRecord, { style }: Pick<Terminal, 'style'>): readonly string[] {
  const ran = run.steps.filter((step) => step.status === 'done' || step.status === 'failed').length;
  const time = run.durationMs === null ? '' : ` in ${duration(run.durationMs)}`;
  if (run.status === 'succeeded' && ran === 0) return [`Nothing to do: ${counted(run.steps.length, 'step')} unchanged${time}.`];
  const verdict = run.verdict === null ? '' : `, verdict ${style(verdictStyle[run.verdict], run.verdict)}`;
  return [`Run ${run.id} ${runWords[run.status]}${time}: ${counted(ran, 'step')} of ${run.steps.length} ran${verdict}.`];
}
