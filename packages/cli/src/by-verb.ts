import type { Project } from '@tidegate/core';
import type { Command, Invocation } from './command.ts';
import { openHere } from './open-here.ts';

/** What a verb of a command is called with. */
export interface VerbCall {
  readonly project: Project;
  readonly invocation: Invocation;
  /** What follows the verb. */
  readonly words: readonly string[];
}

/**
 * The verbs of a command by name; the first of them is what it does without any. They stand in its usage line, which is checked before. One that can
 * come to a bad end without an error gives the exit code.
 */
export type Verbs = { readonly [verb: string]: (call: VerbCall) => Promise<void | number> };

/** As {@link Verbs}, of those that work outside a project as well. */
export type VerbsAnywhere = { readonly [verb: string]: (call: Omit<VerbCall, 'project'>) => Promise<void | number> };

/** Runs the verb that the first argument names. Verbs of `makesContract` make the data contract of the dataset that follows them, so that it may be missing. */
export function byVerb(verbs: Verbs, { makesContract = [] }: { readonly makesContract?: readonly string[] } = {}): Command['run'] {
  return async (invocation) => {
    const { verb, words } = chosen(verbs, invocation);
    const [name = ''] = invocation.positionals;
    const [dataset] = words;
    using project = await openHere(invocation, makesContract.includes(name) && dataset !== undefined ? { contractToCome: dataset } : {});
    return (await verb({ project, invocation, words })) ?? 0;
  };
}

/** As {@link byVerb}, without a project. */
export function byVerbAnywhere(verbs: VerbsAnywhere): Command['run'] {
  return async (invocation) => {
    const { verb, words } = chosen(verbs, invocation);
    return (await verb({ invocation, words })) ?? 0;
  };
}

function chosen<T>(
  verbs: { readonly [verb: string]: T },
  { positionals }: Invocation,
): { readonly verb: T; readonly words: readonly string[] } {
  const [name = Object.keys(verbs)[0] ?? '', ...words] = positionals;
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) throw new Error(`Cannot run "${name}": the usage line has a verb that the command does not; please report this`);
  return { verb, words };
}
