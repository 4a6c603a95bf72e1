import type { Diagnostic, Json, Place, shape } from '@tidegate/formats';
import { isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import { earliest, type Mistake } from './mistake.ts';
import { mistakeOfText } from './yaml-text.ts';
import { yamlNodes } from './yaml-nodes.ts';
import { nameOfKey, yamlValue } from './yaml-value.ts';

/** A YAML file that was read: its value as JSON, and where each part of it stands. */
export interface YamlDocument {
  /** The name shown to the user, relative to the project. */
  readonly file: string;
  readonly value: Json;
  /**
   * The place of a value or of its name. A list or mapping is shown by its name; for a path that leads to nothing, the
   * last part that is there.
   */
  readonly placeOf: (path: shape.Path, at?: 'value' | 'name') => Place;
}

export interface ReadYaml {
  /** Null when the text is not YAML at all. */
  readonly document: YamlDocument | null;
  /** What is wrong with the text as YAML, as far as it can come to be shown; the value can still be checked when there is a document. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many more mistakes there are than diagnostics. */
  readonly others: number;
}

/** Reads text as YAML 1.2 within {@link yamlLimits}; never throws for what the text says. */
export function readYaml(file: string, text: string): ReadYaml {
  const unreadable = mistakeOfText(text);
  if (unreadable !== null) return { document: null, ...told([unreadable], placer(file, text)) };
  const { root, lines, mistakes } = yamlNodes(text);
  const placeAt = placer(file, text, lines.lineStarts);
  if (mistakes.length > 0) return { document: null, ...told(mistakes, placeAt) };
  const { value, aliases, mistakes: wrong } = yamlValue(root);
  const document: YamlDocument = {
    file,
    value,
    placeOf: (path, at = 'value') => placeAt(...rangeOf({ root, aliases }, path, at)),
  };
  return { document, ...told(wrong, placeAt) };
}

function told(mistakes: readonly Mistake[], placeAt: PlaceAt): Pick<ReadYaml, 'diagnostics' | 'others'> {
  const shown = earliest(mistakes);
  const diagnostics = shown.map(({ code, message, hint, from, to }) => ({ code, message, hint, place: placeAt(from, to) }));
  return { diagnostics, others: mistakes.length - shown.length };
}

type PlaceAt = (from: number, to: number) => Place;

/** Turns offsets into places. What goes over several lines is underlined on its first. */
function placer(file: string, text: string, lineStarts: readonly number[] = []): PlaceAt {
  const starts = lineStarts.length > 0 ? lineStarts : startsOf(text);
  return (from, to) => {
    const index = lineIndex(starts, from);
    const start = starts[index] ?? 0;
    const source = withoutLineEnd(text.slice(start, starts[index + 1] ?? text.length));
    const column = Math.min(from - start, source.length) + 1;
    return { file, line: index + 1, column, length: Math.max(1, Math.min(to - from, source.length - column + 1)), source };
  };
}

function withoutLineEnd(line: string): string {
  const ending = line.endsWith('\r\n') ? 2 : line.endsWith('\n') ? 1 : 0;
  return line.slice(0, line.length - ending);
}

function startsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that starts at or before the offset. */
function lineIndex(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

interface Nodes {
  readonly root: ParsedNode | null;
  readonly aliases: ReadonlyMap<ParsedNode, ParsedNode>;
}

function rangeOf({ root, aliases }: Nodes, path: shape.Path, at: 'value' | 'name'): [number, number] {
  let key: ParsedNode | null = null;
  let node = root;
  for (const part of path) {
    const holder: ParsedNode | null = node === null ? null : (aliases.get(node) ?? node);
    if (isMap<ParsedNode, ParsedNode | null>(holder)) {
      const pair = membersOf(holder).get(part);
      if (pair === undefined) break;
      ({ key, value: node } = pair);
    } else if (isSeq<ParsedNode>(holder) && typeof part === 'number' && holder.items[part] !== undefined) {
      key = null;
      node = holder.items[part] ?? null;
    } else break;
  }
  const shown = at === 'value' && (key === null || isSmall(node)) ? node : key;
  const range = (shown ?? key ?? node)?.range;
  return range === undefined ? [0, 1] : [range[0], range[1]];
}

type Mapping = YAMLMap<ParsedNode, ParsedNode | null>;
const members = new WeakMap<Mapping, ReadonlyMap<string | number | null, Mapping['items'][number]>>();

/** The pairs of a mapping by their names: of a hundred thousand wrong names each is looked for. */
function membersOf(mapping: Mapping): ReadonlyMap<string | number | null, Mapping['items'][number]> {
  const found = members.get(mapping) ?? new Map(mapping.items.toReversed().map((pair) => [nameOfKey(pair.key), pair])); // the first of a name counts
  members.set(mapping, found);
  return found;
}

/** Whether a value is short enough to be underlined itself. */
function isSmall(node: ParsedNode | null): boolean {
  return node !== null && !isMap(node) && !isSeq(node) && !(isScalar(node) && node.range[0] === node.range[1]);
}
