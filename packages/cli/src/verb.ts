import { byVerb, type VerbCall } from './by-verb.ts';
import type { Command, OptionSpec } from './command.ts';

/** One verb of a command, in a file of its own: `tidegate data diff`. */
export interface Verb {
  /** Its part of the usage line, with the verb: `diff NAME [OLD NEW]`. */
  readonly usage: string;
  /** The help of an option begins with the verb when other verbs have no use for it: `checkout: write over …`. */
  readonly options?: Command['options'];
  readonly examples: Command['examples'];
  readonly run: (call: VerbCall) => Promise<void | number>;
}

/** A command that is made of verbs; the first is what it does without any. An option that several verbs take has one line of help with what each says of it. */
export function commandOfVerbs({ name, summary, verbs }: Pick<Command, 'name' | 'summary'> & { readonly verbs: readonly Verb[] }): Command {
  return {
    name,
    summary,
    usage: `[${verbs.map(({ usage }) => usage).join(' | ')}]`,
    options: optionsOf(verbs),
    examples: verbs.flatMap(({ examples }) => examples),
    run: byVerb(Object.fromEntries(verbs.map(({ usage, run }) => [usage.split(' ')[0] ?? usage, run]))),
  };
}

function optionsOf(verbs: readonly Verb[]): Command['options'] {
  const all: { [name: string]: OptionSpec } = {};
  for (const [name, option] of verbs.flatMap(({ options = {} }) => Object.entries(options))) {
    const known = all[name];
    all[name] = known === undefined || known.help === option.help ? option : { ...known, help: `${known.help}; ${option.help}` };
  }
  return all;
}
