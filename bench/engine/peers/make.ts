import { type Peer, times } from '../peer.ts';
import { onPath } from './on-path.ts';

export const make: Peer = {
  name: 'make',
  mostSteps: () => 10_000,
  install: async () => onPath(['make', '-j2']),
  describe: ({ steps }) => ({
    Makefile: [
      `all: ${steps.at(-1)?.output ?? ''}`,
      ...steps.map(({ inputs, output, argv }) => `${output}: ${inputs.join(' ')}\n\t${argv.join(' ')}`),
      '',
    ].join('\n'),
  }),
  ran: times(/^(?:cp|sh) /gm),
};
