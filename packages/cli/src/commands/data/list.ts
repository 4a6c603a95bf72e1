import { listDatasets } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { bytes } from '../../render/figures.ts';
import { table } from '../../render/table.ts';
import { counted, verdictStyle } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';

export const list: Verb = {
  usage: 'list',
  examples: [{ line: 'tidegate data', does: 'every dataset with its newest version' }],
  run: async ({ project, invocation: { terminal, json } }) => {
    const datasets = await listDatasets(project);
    if (json) terminal.json(datasets);
    const rows = datasets.map(({ name, digest, version }) =>
      version === null || digest === null
        ? [name, 'no version yet: run "tidegate run"']
        : [
            name,
            terminal.style(verdictStyle[version.verdict], version.verdict),
            shortDigest(digest),
            counted(version.rows, 'row'),
            bytes(version.bytes),
            counted(version.checks.length, 'check'),
          ],
    );
    for (const line of rows.length === 0 ? ['The project has no data: see "data:" in docs/reference/tidegate-yaml.md.'] : table(rows))
      terminal.line(line);
  },
};
