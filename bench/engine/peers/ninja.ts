import { type Peer, times } from '../peer.ts';
import { onPath } from './on-path.ts';

export const ninja: Peer = {
  name: 'ninja',
  mostSteps: () => 10_000,
  install: async () => onPath(['ninja', '-v', '-j2']),
  describe: ({ steps }) => ({
    'build.ninja': [
      'rule run\n  command = $line\n  restat = 1',
      ...steps.map(({ inputs, output, argv }) => `build ${output}: run ${inputs.join(' ')}\n  line = ${argv.join(' ')}`),
      '',
    ].join('\n'),
  }),
  ran: times(/^\[\d+\/\d+\] (?:cp|sh) /gm),
};
