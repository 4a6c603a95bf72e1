import { explainName } from '@tidegate/core';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { explanationLines } from '../render/explanation-view.ts';

export const command: Command = {
  name: 'explain',
  summary: 'Say why a step ran or not, why a verdict fell, where an artifact comes from',
  usage: 'STEP|RUN',
  options: {},
  examples: [
    { line: 'tidegate explain steps.train', does: 'what its key is made of, why it last ran, what it would do now' },
    { line: 'tidegate explain models.delay', does: 'the evidence behind the verdict of the gate' },
    { line: 'tidegate explain r-20261123-202553-3f9a', does: 'the same for every step of a run' },
  ],
  run: async (invocation) => {
    const [name = ''] = invocation.positionals;
    using project = await openHere(invocation);
    const explanations = await explainName(project, name, invocation.signal);
    if (invocation.json) invocation.terminal.json(explanations);
    for (const explanation of explanations)
      for (const line of explanationLines(explanation, invocation.terminal)) invocation.terminal.line(line);
    return 0;
  },
};
