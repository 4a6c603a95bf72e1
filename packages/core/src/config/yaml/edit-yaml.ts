import { invariant, type shape } from '@tidegate/formats';
import { isMap, isSeq, type ParsedNode, type Range, type YAMLMap, type YAMLSeq } from 'yaml';
import { yamlNodes } from './yaml-nodes.ts';
import { nameOfKey } from './yaml-value.ts';

/** One change of a YAML text; `text` is a value as YAML on one line, `comment` what stands behind it. */
export type YamlEdit =
  /** Replaces a value. A comment behind it goes where `replaces` says that it belongs to the value. */
  | { readonly kind: 'set'; readonly path: shape.Path; readonly text: string; readonly comment?: string; readonly replaces?: RegExp }
  /** Adds a member at the end of the mapping at the path. */
  | { readonly kind: 'add'; readonly path: shape.Path; readonly name: string; readonly text: string; readonly comment?: string }
  /** Adds an item at the end of the list at the path; `lines` is the same over several lines, without indentation, for a list in block form. */
  | {
      readonly kind: 'append';
      readonly path: shape.Path;
      readonly text: string;
      readonly comment?: string;
      readonly lines?: readonly string[];
    }
  /** Takes out a member or an item. */
  | { readonly kind: 'remove'; readonly path: shape.Path };

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

type Mapping = YAMLMap<ParsedNode, ParsedNode | null> & { readonly range: Range };
type List = YAMLSeq<ParsedNode> & { readonly range: Range };

/**
 * Changes parts of a YAML text and leaves every other byte as it is, comments and order included. Edits do not overlap; those at the same place come in their order.
 *
 * @param text YAML that was read before without a mistake, and of which all paths are there and hold no aliases on the way
 */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  const { root } = yamlNodes(text);
  const splices = edits.map((edit, index) => ({ ...spliceOf(text, root, edit), index }));
  return splices
    .toSorted((a, b) => b.from - a.from || b.index - a.index)
    .reduce((edited, { from, to, text: replaced }) => edited.slice(0, from) + replaced + edited.slice(to), text);
}

function spliceOf(text: string, root: ParsedNode | null, edit: YamlEdit): Splice {
  switch (edit.kind) {
    case 'set':
      return setSplice(text, nodeAt(root, edit.path), edit);
    case 'add': {
      const mapping = nodeAt(root, edit.path);
      invariant(isMap<ParsedNode, ParsedNode | null>(mapping), 'A member is added to a mapping');
      return addSplice(text, mapping, edit);
    }
    case 'append': {
      const list = nodeAt(root, edit.path);
      invariant(isSeq<ParsedNode>(list), 'An item is added to a list');
      return appendSplice(text, list, edit);
    }
    case 'remove':
      return removeSplice(text, root, edit.path);
  }
}

function nodeAt(root: ParsedNode | null, path: shape.Path): ParsedNode {
  let node = root;
  for (const part of path) {
    if (isMap<ParsedNode, ParsedNode | null>(node)) node = node.items.find(({ key }) => nameOfKey(key) === part)?.value ?? null;
    else if (isSeq<ParsedNode>(node) && typeof part === 'number') node = node.items[part] ?? null;
    else node = null;
  }
  invariant(node !== null, `There is something at ${path.join('.')}`);
  return node;
}

function setSplice(text: string, node: ParsedNode, { text: value, comment, replaces }: Extract<YamlEdit, { kind: 'set' }>): Splice {
  const [from, end] = node.range;
  const isBlock = text[end - 1] === '\n';
  const line = lineEnd(text, end);
  const behind = isBlock ? '' : text.slice(end, line);
  const isReplaced = comment !== undefined && /^\s*#/.test(behind) && replaces?.test(behind) === true;
  if (isReplaced) return { from, to: line, text: `${value} # ${comment}` };
  return { from, to: end, text: `${value}${isBlock ? '\n' : ''}` };
}

function addSplice(text: string, mapping: Mapping, { name, text: value, comment }: Extract<YamlEdit, { kind: 'add' }>): Splice {
  const written = `${name}: ${value}`;
  const last = mapping.items.at(-1);
  if (mapping.flow === true || last === undefined) return intoFlow(text, mapping, written, last === undefined);
  const at = afterLine(text, endOf(last.value ?? last.key));
  const [first] = mapping.items;
  return { from: at, to: at, text: newLine(text, at, columnOf(text, first?.key.range[0] ?? 0), `${written}${behindIt(comment)}`) };
}

function appendSplice(text: string, list: List, { text: value, comment, lines }: Extract<YamlEdit, { kind: 'append' }>): Splice {
  const last = list.items.at(-1);
  if (list.flow === true || last === undefined) return intoFlow(text, list, value, last === undefined);
  const at = afterLine(text, endOf(last));
  const column = columnOf(text, list.range[0]);
  const written = lines === undefined ? [`- ${value}${behindIt(comment)}`] : lines;
  return {
    from: at,
    to: at,
    text: written.map((line, index) => newLine(index === 0 ? text : '\n', index === 0 ? at : 1, column, line)).join(''),
  };
}

/** Before the closing bracket, after a comma that may be there already. */
function intoFlow(text: string, { range }: Mapping | List, written: string, isEmpty: boolean): Splice {
  const close = range[1] - 1;
  const body = text.slice(range[0] + 1, close).trimEnd();
  const at = range[0] + 1 + body.length;
  const comma = isEmpty ? ' ' : body.endsWith(',') ? ' ' : ', ';
  return { from: at, to: at, text: `${comma}${written}${isEmpty && close === at ? ' ' : ''}` };
}

function removeSplice(text: string, root: ParsedNode | null, path: shape.Path): Splice {
  const holder = nodeAt(root, path.slice(0, -1));
  const part = path.at(-1);
  const ranges = isMap<ParsedNode, ParsedNode | null>(holder)
    ? holder.items.map(({ key, value }) => ({ name: nameOfKey(key), from: key.range[0], to: endOf(value ?? key) }))
    : isSeq<ParsedNode>(holder)
      ? holder.items.map((item, index) => ({ name: index, from: item.range[0], to: endOf(item) }))
      : [];
  const index = ranges.findIndex(({ name }) => name === part);
  const [found, next, before] = [ranges[index], ranges[index + 1], ranges[index - 1]];
  invariant(found !== undefined && (isMap(holder) || isSeq(holder)), `There is something at ${path.join('.')}`);
  if (holder.flow === true) {
    if (next !== undefined) return { from: found.from, to: next.from, text: '' };
    return { from: before?.to ?? found.from, to: found.to, text: '' };
  }
  return { from: lineStart(text, found.from), to: afterLine(text, found.to), text: '' };
}

function behindIt(comment: string | undefined): string {
  return comment === undefined ? '' : ` # ${comment}`;
}

/** Where what a node has to say ends; that of a block ends with its last line. */
function endOf(node: ParsedNode): number {
  if (isMap<ParsedNode, ParsedNode | null>(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? node.range[1] : endOf(last.value ?? last.key);
  }
  if (isSeq<ParsedNode>(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? node.range[1] : endOf(last);
  }
  return node.range[1];
}

function newLine(text: string, at: number, column: number, written: string): string {
  const begins = at === 0 || text[at - 1] === '\n';
  return `${begins ? '' : '\n'}${' '.repeat(column)}${written}\n`;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : text[end - 1] === '\r' ? end - 1 : end;
}

/** The beginning of the line after the one in which something ends. */
function afterLine(text: string, end: number): number {
  if (text[end - 1] === '\n') return end;
  const next = text.indexOf('\n', end);
  return next < 0 ? text.length : next + 1;
}

function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}
