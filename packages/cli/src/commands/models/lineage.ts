import { modelLineage } from '@tidegate/core';
import { outline } from '../../render/outline.ts';
import type { Verb } from '../../verb.ts';

export const lineage: Verb = {
  usage: 'lineage VERSION',
  examples: [{ line: 'tidegate models lineage 3f2a9c1d', does: 'the code, data versions and packages that made it' }],
  run: async ({ project, invocation: { terminal, json }, words: [version = ''] }) => {
    const found = await modelLineage(project, version);
    if (json) terminal.json(found);
    for (const line of outline(found)) terminal.line(line);
  },
};
