import type { shape } from '@tidegate/formats';
import type { Literal } from './literal.ts';
import type { Report } from './rule-place.ts';

/** The `arguments` of a library metric as a mapping; a mistake is reported. */
export function argumentsOf(value: unknown, path: shape.Path, report: Report): { readonly [name: string]: unknown } {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as { readonly [name: string]: unknown };
  report([...path, 'arguments'], 'Cannot use "arguments": it must be a mapping', 'Write "arguments: { validValues: [a, b] }"');
  return {};
}

/** A list of texts, numbers, truth values and nulls; null when there is none. */
export function literals(value: unknown, path: shape.Path, report: Report): readonly Literal[] | null {
  if (value === undefined) return null;
  if (Array.isArray(value) && value.length > 0 && value.every(isLiteral)) return value;
  report(path, `Cannot use "${String(path.at(-1))}": it must be a list of texts or numbers`, `Write "${String(path.at(-1))}: [a, b]"`);
  return [];
}

function isLiteral(value: unknown): value is Literal {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
