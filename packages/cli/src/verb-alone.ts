import type { Command } from './command.ts';
import { formsOf } from './usage.ts';

/**
 * One verb of a command as a command of its own, for its help: `data drift` with its forms, the options that these name or that all verbs take,
 * and its examples. Null where the command has no such verb.
 */
export function verbAlone(command: Command, verb: string): Command | null {
  const forms = formsOf(command.usage);
  const own = forms.filter((form) => form.verb === verb);
  if (own.length === 0) return null;
  const named = own.map(({ text }) => text).join(' ');
  const options = command.verbOptions?.[verb] ?? optionsNamedIn(named, command, forms);
  const called = `${command.name} ${verb}`;
  return {
    ...command,
    name: called,
    summary: gistOf(command, verb) ?? command.summary,
    usage: own.map(({ text }) => text.slice(verb.length).trim()).join(' | '),
    options: Object.fromEntries(
      Object.entries(options).map(([name, option]) => [name, { ...option, help: withoutVerb(option.help, verb) }]),
    ),
    examples: examplesOf(command, verb),
  };
}

/** What a verb does, in the words of its first example; null where it has none. */
export function gistOf(command: Pick<Command, 'name' | 'usage' | 'examples'>, verb: string): string | null {
  return examplesOf(command, verb)[0]?.does ?? null;
}

/** The options that no form of the usage line names: every verb takes them. */
export function optionsOfAll({ usage, options }: Pick<Command, 'usage' | 'options'>): Command['options'] {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names(usage, name)));
}

function optionsNamedIn(named: string, command: Command, forms: ReturnType<typeof formsOf>): Command['options'] {
  const all = forms.map(({ text }) => text).join(' ');
  return Object.fromEntries(Object.entries(command.options).filter(([name]) => names(named, name) || !names(all, name)));
}

function names(usage: string, option: string): boolean {
  return new RegExp(`--${option}(?![\\w-])`).test(usage);
}

/** Those that begin with the verb; the command without any does what its first verb does. */
function examplesOf({ name, usage, examples }: Pick<Command, 'name' | 'usage' | 'examples'>, verb: string): Command['examples'] {
  const isFirst = formsOf(usage)[0]?.verb === verb;
  const called = `tidegate ${name} ${verb}`;
  return examples.filter(({ line }) => line === called || line.startsWith(`${called} `) || (isFirst && line === `tidegate ${name}`));
}

/** `With "drift": as Markdown` and `gc, pack: only say` without the verb that is asked about; `add --onto: where` keeps the option. */
function withoutVerb(help: string, verb: string): string {
  const [, words, rest] = /^(?:With "([^"]+)"|([a-z][a-zA-Z, -]*)): (.+)$/s.exec(help)?.filter((part) => part !== undefined) ?? [];
  if (words === undefined || rest === undefined) return help;
  if (words.split(', ').includes(verb)) return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`;
  return words.startsWith(`${verb} `) ? `With ${words.slice(verb.length + 1)}: ${rest}` : help;
}
