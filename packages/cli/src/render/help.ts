import type { Command, OptionSpec } from '../command.ts';
import { formsOf } from '../usage.ts';
import { gistOf, optionsOfAll } from '../verb-alone.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

type Styled = Pick<Terminal, 'style'>;

const everywhere: { readonly [name: string]: OptionSpec } = {
  json: { type: 'boolean', help: 'Print one JSON document to stdout; words for people go to stderr' },
  help: { type: 'boolean', short: 'h', help: 'Print this help' },
};

export function generalHelp(
  commands: readonly { readonly name: string; readonly summary: string }[],
  { style }: Styled,
): readonly string[] {
  return [
    `${style('bold', 'tidegate')}: CI/CD for machine learning. One file, tidegate.yaml, from data to a model in production.`,
    '',
    `${style('bold', 'Usage:')} tidegate COMMAND [ARGUMENTS]`,
    '',
    ...table(
      commands.map(({ name, summary }) => [style('cyan', name), summary]),
      { indent: '  ' },
    ),
    '',
    'Start with "tidegate init" in a folder with a data file and a training script, then "tidegate run".',
    'Help of a command with examples: tidegate COMMAND --help',
  ];
}

/** Help of a command, or of a verb alone; of a command that is made of verbs these are listed, each with what it does. */
export function commandHelp(command: Command, styled: Styled): readonly string[] {
  const { style } = styled;
  const forms = formsOf(command.usage);
  const head = [`${style('bold', `tidegate ${command.name}`)}: ${command.summary}`, ''];
  if (forms.some(({ verb }) => verb !== null)) return [...head, ...verbsHelp(command, styled)];
  const usages = forms.map(({ text }) => `tidegate ${command.name} ${text}`.trimEnd());
  return [
    ...head,
    `${style('bold', 'Usage:')} ${usages[0] ?? ''}`,
    ...usages.slice(1).map((usage) => `       ${usage}`),
    '',
    ...optionsHelp(command.options, styled),
    ...(command.examples.length === 0 ? [] : ['', style('bold', 'Examples:')]),
    ...table(
      command.examples.map(({ line, does }) => [line, does]),
      { indent: '  ' },
    ),
  ];
}

function verbsHelp(command: Command, styled: Styled): readonly string[] {
  const { style } = styled;
  const forms = formsOf(command.usage);
  const rows = forms.map(({ text, verb }, index) => [
    style('cyan', `tidegate ${command.name} ${text.replace(/ \[-[^\]]*\]…?/g, '')}`),
    verb === null || verb === forms[index - 1]?.verb ? '' : (gistOf(command, verb) ?? ''),
  ]);
  return [
    style('bold', 'Usage:'),
    ...table(rows, { indent: '  ' }),
    '',
    `Options and examples of one: tidegate ${command.name} ${forms.find(({ verb }) => verb !== null)?.verb ?? ''} --help`,
    '',
    ...optionsHelp(optionsOfAll(command), styled),
  ];
}

function optionsHelp(options: Command['options'], { style }: Styled): readonly string[] {
  const rows = Object.entries({ ...options, ...everywhere }).map(([name, option]) => [
    style(
      'cyan',
      `${option.short === undefined ? '    ' : `-${option.short}, `}--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    ),
    option.help,
  ]);
  return [style('bold', 'Options:'), ...table(rows, { indent: '  ' })];
}
