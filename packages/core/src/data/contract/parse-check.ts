import { nearest, shape } from '@tidegate/formats';
import { parseArguments } from './check-arguments.ts';
import { checkSignatures, type CheckSignature, isCheckName } from './check-signatures.ts';
import type { RuleText } from './contract-shape.ts';
import { type Limit, noRows, operators, type RuleBody } from './data-contract.ts';
import { limitOf } from './rule-limit.ts';
import type { RulePlace } from './rule-place.ts';

/** A rule of `type: custom` for Tidegate itself; null for a mistake, which is reported. */
export function checkBody(text: RuleText, place: RulePlace): RuleBody | null {
  const { implementation } = text;
  const path = [...place.path, 'implementation'];
  if (typeof implementation !== 'object' || implementation === null || Array.isArray(implementation)) {
    place.report(
      implementation === undefined ? place.path : path,
      'Cannot measure the rule: nothing says which check it is',
      'Write "implementation: { check: notBlank }"',
    );
    return null;
  }
  const given = implementation as { readonly [name: string]: unknown };
  const { check: name } = given;
  const known = namesAt(place.level);
  if (typeof name !== 'string' || !isCheckName(name) || !known.includes(name)) {
    place.report(
      [...path, ...(name === undefined ? [] : ['check'])],
      `Cannot measure ${wrongName(name, place.level)}`,
      hintFor(name, known),
    );
    return null;
  }
  const outside = [...operators, 'unit' as const].find((one) => text[one] !== undefined);
  if (outside !== undefined)
    place.report(
      [...place.path, outside],
      `Cannot use "${outside}" here: the standard has it for metrics and queries only`,
      `Write it into "implementation", beside "check: ${name}"`,
    );
  const signature: CheckSignature = checkSignatures[name];
  const { limit, rest } = splitLimit(given, signature, { ...place, path });
  const problems: shape.Problem[] = [];
  const found = parseArguments(signature, rest, { path, columns: place.columns, problems });
  for (const { path: at, message, hint } of problems) place.report(at, message, hint);
  return found === null || limit === null ? null : { kind: 'check', check: name, given: found, limit };
}

/** The operator and unit that stand among the arguments, and the arguments without them. */
function splitLimit(
  given: { readonly [name: string]: unknown },
  { counts }: CheckSignature,
  place: RulePlace,
): { readonly limit: Limit | null; readonly rest: { readonly [name: string]: unknown } } {
  const names: readonly string[] = [...operators, 'unit'];
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)));
  if (counts === 'truth') {
    const operator = names.find((name) => given[name] !== undefined);
    if (operator !== undefined)
      place.report([...place.path, operator], `Cannot use "${operator}": the check holds or does not, and gives no number`, 'Delete it');
    return { limit: noRows, rest };
  }
  const hasLimit = operators.some((operator) => given[operator] !== undefined && given[operator] !== null);
  const limit = hasLimit || counts === 'measure' ? limitOf(given, place) : noRows;
  if (given['unit'] === undefined || (hasLimit && counts !== 'measure')) return { limit, rest };
  const why = counts === 'measure' ? 'the check measures the column, not rows' : 'there is no limit that it could belong to';
  place.report([...place.path, 'unit'], `Cannot use "unit": ${why}`, 'Delete it');
  return { limit, rest };
}

function namesAt(level: RulePlace['level']): readonly string[] {
  return Object.entries(checkSignatures).flatMap(([name, signature]) => (signature.level === level ? [name] : []));
}

function wrongName(name: unknown, level: RulePlace['level']): string {
  if (typeof name !== 'string') return 'the rule: "implementation" has no "check" with the name of one';
  const here = level === 'column' ? 'a property' : 'the object';
  return `"${name}": ${isCheckName(name) ? `it is no check of ${here}` : 'Tidegate has no such check'}`;
}

function hintFor(name: unknown, known: readonly string[]): string {
  if (typeof name === 'string' && isCheckName(name))
    return checkSignatures[name].level === 'object'
      ? 'Write it under the "quality" of the object'
      : 'Write it under the "quality" of a property';
  const near = typeof name === 'string' ? nearest(name, known) : null;
  return near === null ? 'The checks and their arguments are in docs/reference/checks.md' : `Did you mean "${near}"?`;
}
