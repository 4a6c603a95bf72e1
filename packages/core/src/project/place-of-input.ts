import type { Json, Place, shape, StepName } from '@tidegate/formats';
import type { YamlDocument } from '../config/index.ts';

/**
 * Where `tidegate.yaml` names an input of a step: the text itself, else the text that has it in it as `run: python train.py` has
 * `train.py`, else the step. Null for what the file does not name.
 */
export function placeOfInput(source: YamlDocument, step: StepName, pattern: string): Place | null {
  const [section = '', ...rest] = step.split('.');
  const own: shape.Path = [section, rest.join('.')];
  const root = valueAt(source.value, own) === undefined ? [] : own; // a trial reads what an environment names
  const wanted = plain(pattern);
  const found =
    findText(source.value, root, (text) => plain(text) === wanted) ??
    findText(source.value, root, (text) => text.split(/\s+/).some((word) => plain(word) === wanted)) ??
    (root.length > 0 ? root : null);
  return found === null ? null : source.placeOf(found);
}

function plain(path: string): string {
  return path.replace(/^(?:\.\/)+|\/+$/g, '');
}

function valueAt(value: Json, path: shape.Path): Json | undefined {
  return path.reduce<Json | undefined>((part, name) => childrenOf(part).find(([key]) => key === name)?.[1], value);
}

function findText(value: Json, path: shape.Path, matches: (text: string) => boolean): shape.Path | null {
  const start = valueAt(value, path);
  const open: [shape.Path, Json | undefined][] = [[path, start]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [at, part] = next;
    if (typeof part === 'string' && matches(part)) return at;
    open.push(...[...childrenOf(part)].reverse().map(([name, child]): [shape.Path, Json] => [[...at, name], child]));
  }
  return null;
}

function childrenOf(value: Json | undefined): readonly (readonly [string | number, Json])[] {
  if (Array.isArray(value)) return value.map((item: Json, index) => [index, item] as const);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
