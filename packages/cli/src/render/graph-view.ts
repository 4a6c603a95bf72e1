import type { GraphNode, ProjectGraph } from '@tidegate/core';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted } from './words.ts';

/** A picture of more steps tells nobody anything; all of them are in `--json`. */
const most = 200;
const listedMost = 4;

/** A line for each step, after all that it needs: its state, what it needs and what it makes. */
export function graphLines({ nodes, edges }: ProjectGraph, terminal: Pick<Terminal, 'style'>): readonly string[] {
  const needs = Map.groupBy(edges, ({ to }) => to);
  const rows = nodes.slice(0, most).map((node) => {
    const after = [...(needs.get(node.name) ?? []).map(({ from }) => from), ...node.reads];
    return [
      mark(node, terminal),
      node.name + (node.count > 1 ? ` (${node.count})` : ''),
      stateWords(node),
      after.length === 0 ? '' : `← ${listed(after)}`,
      node.makes.every(({ path }) => path === null) ? '' : `→ ${listed(node.makes.flatMap(({ path }) => path ?? []))}`,
    ];
  });
  const stale = nodes.filter((node) => isStale(node)).length;
  return [
    ...table(rows, { indent: '  ' }),
    ...(nodes.length > most ? [`  and ${counted(nodes.length - most, 'step')} more; all of them: --json`] : []),
    stale === 0 ? `${counted(nodes.length, 'step')}, none of them stale.` : `${counted(nodes.length, 'step')}, ${stale} of them stale.`,
  ];
}

function isStale({ actions }: GraphNode): boolean {
  return Object.keys(actions).some((action) => action !== 'hit' && action !== 'skipped');
}

function mark(node: GraphNode, { style }: Pick<Terminal, 'style'>): string {
  if (!isStale(node)) return style('dim', '=');
  return (node.actions.run ?? 0) > 0 ? style('green', '+') : (node.actions.blocked ?? 0) > 0 ? style('red', '-') : style('yellow', '~');
}

function stateWords({ actions, count }: GraphNode): string {
  const words = { hit: 'fresh', run: 'stale', 'decide-later': 'may be stale', blocked: 'blocked', skipped: 'skipped' } as const;
  return Object.entries(words)
    .flatMap(([action, word]) => {
      const number = Object.entries(actions).find(([name]) => name === action)?.[1] ?? 0;
      return number === 0 ? [] : [count === 1 ? word : `${number} ${word}`];
    })
    .join(', ');
}

function listed(names: readonly string[]): string {
  const left = names.length - listedMost;
  return names.slice(0, listedMost).map(harmless).join(', ') + (left > 0 ? ` and ${left} more` : '');
}

/** The graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html): datasets as cylinders, what is stale in colour. */
export function mermaidLines({ nodes, edges }: ProjectGraph): readonly string[] {
  const shown = nodes.slice(0, most);
  const ids = new Map(shown.map(({ name }, index) => [name, `n${index}`]));
  const stale = shown.flatMap((node) => (isStale(node) ? (ids.get(node.name) ?? []) : []));
  return [
    'flowchart LR',
    ...shown.map((node) => `  ${ids.get(node.name) ?? ''}${shapeOf(node)}`),
    ...edges.flatMap(({ from, to, outputs }) => {
      const [start, end] = [ids.get(from), ids.get(to)];
      return start === undefined || end === undefined ? [] : [`  ${start} -->|"${quoted(listed(outputs))}"| ${end}`];
    }),
    ...(nodes.length > most ? [`  more["and ${nodes.length - most} steps more"]`] : []),
    ...(stale.length === 0 ? [] : ['  classDef stale fill:#fde68a,stroke:#b45309,color:#000', `  class ${stale.join(',')} stale`]),
  ];
}

function shapeOf({ name, kind, count, makes }: GraphNode): string {
  const paths = makes.flatMap(({ path }) => path ?? []);
  const label = `"${[name + (count > 1 ? ` × ${count}` : ''), ...(paths.length === 0 ? [] : [quoted(listed(paths))])].join('<br/>')}"`;
  return kind === 'dataset' ? `[(${label})]` : `[${label}]`;
}

function quoted(text: string): string {
  return text.replaceAll('&', '#amp;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
}
