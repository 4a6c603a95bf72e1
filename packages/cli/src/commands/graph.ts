import { graphProject } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { graphLines, mermaidLines } from '../render/graph-view.ts';

export const command: Command = {
  name: 'graph',
  summary: 'Show the steps, what flows between them, and what is stale',
  usage: '[STEP…]',
  options: { format: { type: 'string', value: 'FORMAT', help: 'text (default) or mermaid' } },
  examples: [
    { line: 'tidegate graph', does: 'a line for each step, after all that it needs; a fan-out is one' },
    { line: 'tidegate graph steps.train', does: 'only what this step needs' },
    { line: 'tidegate graph --format mermaid', does: 'a flowchart for a page in Markdown' },
    { line: 'tidegate graph --json', does: 'nodes and edges as data' },
  ],
  run: async (invocation) => {
    const { terminal, json, signal } = invocation;
    const format = invocation.text('format') ?? 'text';
    if (format !== 'text' && format !== 'mermaid')
      throw failure(
        'TG-CLI-USAGE',
        `Cannot show the graph as "${format}": there is no such format`,
        'Write "--format text", "--format mermaid" or "--json"',
      );
    using project = await openHere(invocation);
    const graph = await graphProject(project, { only: invocation.positionals, signal });
    if (json) terminal.json(graph);
    for (const line of format === 'mermaid' ? mermaidLines(graph) : graphLines(graph, terminal)) terminal.line(line);
    return 0;
  },
};
