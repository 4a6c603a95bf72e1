import { checkSources, dropSlotOfDataset } from '@tidegate/core';
import type { Command } from '../command.ts';
import { verdictStyle } from '../render/words.ts';
import { commandOfVerbs, type Verb } from '../verb.ts';
import { bytes } from '../render/figures.ts';
import { harmless } from '../render/terminal.ts';
import { datasetName } from './data/dataset-name.ts';

const check: Verb = {
  usage: 'check [NAME…]',
  examples: [
    { line: 'tidegate sources check', does: 'whether every source can be read: reach, permission, TLS, clock; each fault with its fix' },
    { line: 'tidegate sources check weather --json', does: 'that of one dataset, for a program; exit code 1 when something is wrong' },
  ],
  run: async ({ project, invocation: { terminal, json, signal }, words }) => {
    const checked = await checkSources(project, { datasets: words.map((word) => datasetName([word])), signal });
    if (json) terminal.json(checked);
    for (const { dataset, title, verdict, findings } of checked) {
      terminal.line(`${terminal.style(verdictStyle[verdict], verdict)} data.${dataset}: ${title}`);
      for (const finding of findings) {
        const mark = finding.verdict === 'pass' ? terminal.style('green', '✓') : terminal.style('red', '✗');
        terminal.line(`  ${mark} ${harmless(finding.message)}`);
        if (finding.hint !== null) terminal.line(`      ${terminal.style('bold', 'fix:')} ${harmless(finding.hint)}`);
      }
    }
    if (checked.length === 0) terminal.line('The project has no data: see "data:" in docs/reference/tidegate-yaml.md.');
    return checked.some(({ verdict }) => verdict !== 'pass') ? 1 : 0;
  },
};

const dropSlot: Verb = {
  usage: 'drop-slot NAME [--dry-run]',
  options: { 'dry-run': { type: 'boolean', help: 'drop-slot: only say what the server has and keeps' } },
  examples: [
    {
      line: 'tidegate sources drop-slot orders',
      does: 'ends replication: the server keeps no log for the dataset any more, and the next reading begins anew',
    },
  ],
  run: async ({ project, invocation: { terminal, json, signal, flag }, words }) => {
    const [dataset, dryRun] = [datasetName(words), flag('dry-run')];
    const found = await dropSlotOfDataset(project, dataset, { signal, dryRun });
    if (json) terminal.json({ dataset, dryRun, ...found });
    const [is, was] = dryRun ? ['Would drop', 'there is'] : ['Dropped', 'there was'];
    terminal.line(
      found.keptBytes === null
        ? `data.${dataset}: ${was} no slot "${found.slot}".`
        : `data.${dataset}: ${is} the slot "${found.slot}", for which the server kept ${bytes(found.keptBytes)} of its log.`,
    );
    if (found.isOfOthers)
      terminal.line(`data.${dataset}: The publication "${found.publication}" stays: it has other tables as well, or another owner.`);
    else if (found.isPublished) terminal.line(`data.${dataset}: ${is} the publication "${found.publication}".`);
  },
};

export const command: Command = commandOfVerbs({
  name: 'sources',
  summary: 'Look whether the sources of datasets can be read, and end their replication',
  verbs: [check, dropSlot],
});
