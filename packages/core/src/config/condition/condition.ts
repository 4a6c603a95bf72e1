/** When a step runs: `data.flights.rows > 1000 and models.delay.verdict == pass`. */
export interface Condition {
  /** As it is written. */
  readonly text: string;
  /** `always`: also when something that the step needs did not pass. */
  readonly test: 'always' | Expression;
}

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'compare'; readonly sign: Sign; readonly left: Operand; readonly right: Operand };

export type Sign = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Operand =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  /** What is known of a step that has a result: `data.flights` and `rows`. */
  | { readonly kind: 'known'; readonly step: string; readonly member: string };

/** What a condition reads, each once. */
export function knownIn({ test }: Condition): readonly { readonly step: string; readonly member: string }[] {
  const found = new Map<string, { readonly step: string; readonly member: string }>();
  const open: (Expression | Operand)[] = test === 'always' ? [] : [test];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    if (next.kind === 'not') open.push(next.of);
    else if (next.kind === 'known') found.set(`${next.step}.${next.member}`, { step: next.step, member: next.member });
    else if (next.kind !== 'value') open.push(next.right, next.left);
  return [...found.values()];
}
