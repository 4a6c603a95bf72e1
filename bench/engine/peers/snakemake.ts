import { type Peer, times } from '../peer.ts';
import { onPath } from './on-path.ts';

export const snakemake: Peer = {
  name: 'Snakemake',
  mostSteps: () => 1_000,
  install: async () => onPath(['snakemake', '--cores', '2', '--nocolor']),
  describe: ({ steps }) => ({
    Snakefile: [
      `rule all:\n    input: "${steps.at(-1)?.output ?? ''}"`,
      ...steps.map(
        ({ name, inputs, output, argv }) =>
          `rule ${name}:\n    input: ${inputs.map((input) => `"${input}"`).join(', ')}\n    output: "${output}"\n    shell: "${argv.join(' ')}"`,
      ),
      '',
    ].join('\n'),
  }),
  ran: times(/^rule s\d+:/gm),
};
