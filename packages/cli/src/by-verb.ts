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

/** Runs the verb that the first argument names. */
export function byVerb(verbs: Verbs): Command['run'] {
  return async (invocation) => {
    const [name = Object.keys(verbs)[0] ?? '', ...words] = invocation.positionals;
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (verb === undefined)
      throw new Error(`Cannot run "${name}": the usage line has a verb that the command does not; please report this`);
    using project = await openHere(invocation);
    return (await verb({ project, invocation, words })) ?? 0;
  };
}
