import type { Command, OptionSpec } from '../command.ts';
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

export function commandHelp(command: Command, { style }: Styled): readonly string[] {
  const options = Object.entries({ ...command.options, ...everywhere }).map(([name, option]) => [
    style(
      'cyan',
      `${option.short === undefined ? '    ' : `-${option.short}, `}--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    ),
    option.help,
  ]);
  return [
    `${style('bold', `tidegate ${command.name}`)}: ${command.summary}`,
    '',
    `${style('bold', 'Usage:')} tidegate ${command.name} ${command.usage}`.trimEnd(),
    '',
    style('bold', 'Options:'),
    ...table(options, { indent: '  ' }),
    '',
    style('bold', 'Examples:'),
    ...table(
      command.examples.map(({ line, does }) => [line, does]),
      { indent: '  ' },
    ),
  ];
}
