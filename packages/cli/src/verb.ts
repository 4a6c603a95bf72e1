import { byVerb, byVerbAnywhere, type VerbCall } from './by-verb.ts';
import type { Command, OptionSpec } from './command.ts';

/** What is said of a verb, whatever it is called with. */
interface VerbWords {
  /** Its part of the usage line, with the verb: `diff NAME [OLD NEW]`. */
  readonly usage: string;
  /** The help of an option begins with the verb when other verbs have no use for it: `checkout: write over …`. */
  readonly options?: Command['options'];
  readonly examples: Command['examples'];
}

/** One verb of a command, in a file of its own: `tidegate data diff`. */
export interface Verb extends VerbWords {
  /** Whether it makes the data contract of the dataset that it is called with, so that the file of it may be missing. Default false. */
  readonly makesContract?: true;
  readonly run: (call: VerbCall) => Promise<void | number>;
}

/** One verb of a command that also works outside a project; where it needs one it opens it itself. */
export interface VerbAnywhere extends VerbWords {
  readonly run: (call: Omit<VerbCall, 'project'>) => Promise<void | number>;
}

/** A command that is made of verbs; the first is what it does without any. An option that several verbs take has one line of help with what each says of it. */
export function commandOfVerbs({ verbs, ...named }: Named & { readonly verbs: readonly Verb[] }): Command {
  const makesContract = verbs.flatMap((verb) => (verb.makesContract ? [nameIn(verb.usage)] : []));
  const run = byVerb(Object.fromEntries(verbs.map((verb) => [nameIn(verb.usage), verb.run])), { makesContract });
  return { ...named, ...wordsOf(verbs), run };
}

/** As {@link commandOfVerbs}, of verbs that work outside a project as well. */
export function commandOfVerbsAnywhere({ verbs, ...named }: Named & { readonly verbs: readonly VerbAnywhere[] }): Command {
  return { ...named, ...wordsOf(verbs), run: byVerbAnywhere(Object.fromEntries(verbs.map(({ usage, run }) => [nameIn(usage), run]))) };
}

type Named = Pick<Command, 'name' | 'summary'>;

function nameIn(usage: string): string {
  return usage.split(' ')[0] ?? usage;
}

function wordsOf(verbs: readonly VerbWords[]): Pick<Command, 'usage' | 'options' | 'verbOptions' | 'examples'> {
  return {
    usage: `[${verbs.map(({ usage }) => usage).join(' | ')}]`,
    options: optionsOf(verbs),
    verbOptions: Object.fromEntries(verbs.map(({ usage, options = {} }) => [nameIn(usage), options])),
    examples: verbs.flatMap(({ examples }) => examples),
  };
}

function optionsOf(verbs: readonly VerbWords[]): Command['options'] {
  const all: { [name: string]: OptionSpec } = {};
  for (const [name, option] of verbs.flatMap(({ options = {} }) => Object.entries(options))) {
    const known = all[name];
    all[name] = known === undefined || known.help === option.help ? option : { ...known, help: `${known.help}; ${option.help}` };
  }
  return all;
}
