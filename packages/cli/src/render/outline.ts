import type { Json } from '@tidegate/formats';
import { harmless } from './terminal.ts';

/** A record as an indented outline for a person: short lists on one line, long ones cut with a count. The whole of it is in `--json`. */
export function outline(value: Json, indent = ''): readonly string[] {
  if (!isContainer(value)) return [`${indent}${scalar(value)}`];
  if (Array.isArray(value)) return outlineList(value, indent);
  return Object.entries(value).flatMap(([name, member]) => {
    if (!isContainer(member) || isEmpty(member)) return [`${indent}${name}: ${isContainer(member) ? 'none' : scalar(member)}`];
    const short = Array.isArray(member) && member.every((item) => !isContainer(item)) ? member.map(scalar).join(', ') : null;
    if (short !== null && short.length <= 90) return [`${indent}${name}: ${short}`];
    return [`${indent}${name}:`, ...outline(member, `${indent}  `)];
  });
}

const shown = 12;

function outlineList(list: readonly Json[], indent: string): readonly string[] {
  const lines = list.slice(0, shown).flatMap((item) => {
    const [first = '', ...rest] = outline(item, `${indent}  `);
    return [`${indent}- ${first.trimStart()}`, ...rest];
  });
  return list.length > shown ? [...lines, `${indent}… and ${list.length - shown} more`] : lines;
}

type Container = readonly Json[] | { readonly [name: string]: Json };

function isContainer(value: Json): value is Container {
  return typeof value === 'object' && value !== null;
}

function isEmpty(value: Container): boolean {
  return Object.keys(value).length === 0;
}

function scalar(value: Json): string {
  if (value === null) return 'none';
  const text = harmless(String(value));
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
