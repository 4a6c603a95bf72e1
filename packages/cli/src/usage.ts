import { failure, nearest } from '@tidegate/formats';
import type { Command } from './command.ts';

/** One way to call a command, as its usage line has it: `show NAME`. */
export interface Form {
  /** As the usage line has it. */
  readonly text: string;
  /** The first word where it is fixed (`show`); null where it is an argument. */
  readonly verb: string | null;
  /** Names of the arguments that must be there. */
  readonly required: readonly string[];
  readonly most: number;
}

/**
 * Compares arguments with the usage line of a command, so that none is silently passed over: `show NAME | diff NAME [OLD NEW]`.
 *
 * @throws TG-CLI-USAGE for a verb that does not exist, an argument that is missing, and one too many
 */
export function checkArguments(command: Pick<Command, 'name' | 'usage' | 'examples'>, given: readonly string[]): void {
  const forms = formsOf(command.usage);
  const [first] = given;
  const byVerb = forms.some(({ verb }) => verb !== null);
  if (byVerb && first === undefined) return;
  const form = byVerb ? forms.find(({ verb }) => verb === first) : forms[0];
  if (form === undefined) throw unknownVerb(command, first ?? '', forms);
  const own = byVerb ? given.slice(1) : given;
  const missing = form.required[own.length];
  const called = form.verb === null ? command.name : `${command.name} ${form.verb}`;
  const usages = byVerb ? forms.filter(({ verb }) => verb === first) : forms;
  const hint = `Usage: tidegate ${command.name} ${usages.map(({ text }) => text).join(' | ')}`.trimEnd() + exampleFor(command, called);
  if (missing !== undefined) throw failure('TG-CLI-USAGE', `Cannot run "tidegate ${called}": ${missing} is missing`, hint);
  if (own.length > form.most)
    throw failure('TG-CLI-USAGE', `Cannot run "tidegate ${called}": it takes ${countOf(form.most)}, found "${own[form.most] ?? ''}"`, hint);
}

/** The ways to call a command that its usage line has: one, or one and more for each verb. */
export function formsOf(usage: string): readonly Form[] {
  return partsOf(usage).map((text): Form => {
    const words = text
      .replace(/\[-[^\]]*\]/g, '')
      .split(' ')
      .filter((word) => word !== '');
    const verb = /^[a-z]/.test(words[0] ?? '') ? (words[0] ?? null) : null;
    const own = verb === null ? words : words.slice(1);
    const optional = own.findIndex((word) => word.startsWith('['));
    const isOpen = own.some((word) => word.includes('…') || word === '--');
    return { text, verb, required: isOpen ? [] : own.slice(0, optional < 0 ? own.length : optional), most: isOpen ? Infinity : own.length };
  });
}

/** `[list | show NAME [--a | --b]]` cut at the bars that stand in no bracket but the one around all of it. */
function partsOf(usage: string): readonly string[] {
  const parts = cutAtBars(usage);
  if (parts.length > 1 || !/^\[[a-z]/.test(usage) || !usage.endsWith(']')) return parts;
  return cutAtBars(usage.slice(1, -1));
}

function cutAtBars(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const piece of text.split(/( \| |[[\]])/)) {
    if (piece === '[') depth++;
    if (piece === ']') depth--;
    if (piece === ' | ' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${piece}`);
  }
  return parts;
}

function unknownVerb({ name }: Pick<Command, 'name'>, found: string, forms: readonly Form[]): Error {
  const verbs = [...new Set(forms.flatMap(({ verb }) => verb ?? []))];
  const near = nearest(found, verbs);
  return failure(
    'TG-CLI-USAGE',
    `Cannot run "${name} ${found}": there is no such command`,
    near === null ? `Commands: ${verbs.join(', ')}` : `Did you mean "tidegate ${name} ${near}"?`,
  );
}

function exampleFor({ examples }: Pick<Command, 'examples'>, called: string): string {
  const example = examples.find(({ line }) => line.startsWith(`tidegate ${called} `))?.line;
  return example === undefined ? '' : `, for example: ${example}`;
}

function countOf(most: number): string {
  return most === 0 ? 'no argument' : most === 1 ? 'one argument' : `${most} arguments`;
}
