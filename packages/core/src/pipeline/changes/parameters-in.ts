import { type Json, shape } from '@tidegate/formats';
import { parseYaml } from '../../config/index.ts';
import { tomlValue } from './toml-value.ts';

/** Members of a JSON, YAML or TOML file by path (`train.depth`, `layers.0.size`); null when it is none, or holds a single value. */
export function parametersIn(path: string, text: string): ReadonlyMap<string, Json> | null {
  const value = valueIn(path.slice(path.lastIndexOf('.') + 1).toLowerCase(), text);
  if (typeof value !== 'object' || value === null) return null;
  const found = new Map<string, Json>();
  collect(value, '', found);
  return found;
}

function valueIn(ending: string, text: string): Json | null {
  switch (ending) {
    case 'json':
      return jsonValue(text);
    case 'yaml':
    case 'yml': {
      const read = parseYaml('', text, shape.anything());
      return read.ok ? read.value : null;
    }
    case 'toml':
      return tomlValue(text);
    default:
      return null;
  }
}

function jsonValue(text: string): Json | null {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** A file of more members is compared by its lines: its names would say nothing. */
const mostMembers = 20_000;

function collect(value: Json, path: string, found: Map<string, Json>): void {
  const waiting: { readonly value: Json; readonly path: string }[] = [{ value, path }];
  for (let next = waiting.pop(); next !== undefined && found.size < mostMembers; next = waiting.pop()) {
    const entries = typeof next.value === 'object' && next.value !== null ? Object.entries(next.value) : [];
    if (entries.length === 0) found.set(next.path, next.value);
    for (const [name, member] of entries.toReversed())
      waiting.push({ value: member, path: next.path === '' ? name : `${next.path}.${name}` });
  }
}
