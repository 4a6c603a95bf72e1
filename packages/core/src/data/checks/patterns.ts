import { type shape } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import { diagnosticAt, errorOf } from '../../config/index.ts';
import { textAt, textsAt } from '../contract/check-arguments.ts';
import { checkSignatures, type CheckSignature } from '../contract/check-signatures.ts';
import type { ContractColumn, DataContract, Rule } from '../contract/data-contract.ts';
import type { Located } from '../contract/read-document.ts';

/** @throws TG-DATA-CONTRACT-PATTERN with every pattern of a data contract that the engine (RE2) cannot use */
export async function refuseBadPatterns(engine: Engine, contract: DataContract): Promise<void> {
  const wrong = await badPatterns(engine, contract);
  if (wrong.length > 0) throw errorOf(wrong.map(({ diagnostic }) => diagnostic));
}

export function hasPatterns(contract: DataContract): boolean {
  return patternsOf(contract).length > 0;
}

/** Patterns of a data contract that the engine (RE2) cannot use, each with why. */
export async function badPatterns(engine: Engine, contract: DataContract): Promise<readonly Located[]> {
  const wrong: Located[] = [];
  for (const { pattern, path, column } of patternsOf(contract)) {
    const why = await whyNot(engine, pattern);
    if (why === null) continue;
    const diagnostic = diagnosticAt(contract.document, path, {
      code: 'TG-DATA-CONTRACT-PATTERN',
      message: `Cannot use the pattern of "${column}": ${why}`,
      hint: 'Write it without look-around and back-references',
    });
    wrong.push({ path, diagnostic });
  }
  return wrong;
}

interface Pattern {
  readonly pattern: string;
  readonly path: shape.Path;
  readonly column: string;
}

function patternsOf({ columns }: DataContract): readonly Pattern[] {
  return columns.flatMap(patternsOfColumn);
}

function patternsOfColumn({ name, options, rules, path, members, items }: ContractColumn): readonly Pattern[] {
  const inner = [...members, ...(items === null ? [] : [items])];
  return [
    ...(options.pattern === undefined
      ? []
      : [{ pattern: options.pattern, path: [...path, 'logicalTypeOptions', 'pattern'], column: name }]),
    ...rules.flatMap((rule) => patternsOfRule(rule).map((one) => ({ ...one, column: name }))),
    ...inner.flatMap(patternsOfColumn).map((one) => ({ ...one, column: `${name}.${one.column}` })),
  ];
}

function patternsOfRule({ body, path }: Rule): readonly Omit<Pattern, 'column'>[] {
  if (body.kind === 'invalidValues')
    return body.pattern === null ? [] : [{ pattern: body.pattern, path: [...path, 'arguments', 'pattern'] }];
  if (body.kind !== 'check') return [];
  const { needs }: CheckSignature = checkSignatures[body.check];
  return Object.entries(needs).flatMap(([name, kind]) => {
    const at = [...path, 'implementation', name];
    if (kind === 'pattern') return [{ pattern: textAt(body.given, name), path: at }];
    return kind === 'patterns' ? textsAt(body.given, name).map((pattern, index) => ({ pattern, path: [...at, index] })) : [];
  });
}

async function whyNot(engine: Engine, pattern: string): Promise<string | null> {
  try {
    await engine.rows(`SELECT regexp_matches('', ${quoteText(pattern)})`);
    return null;
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return line.replace(/^[A-Za-z ]+Error: /, '');
  }
}
