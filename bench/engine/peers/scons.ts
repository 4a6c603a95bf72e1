import { type Peer, times } from '../peer.ts';
import { onPath } from './on-path.ts';

export const scons: Peer = {
  name: 'SCons',
  mostSteps: () => 1_000,
  install: async () => onPath(['scons', '-Q', '-j2']),
  describe: ({ steps }) => ({
    'steps.json': JSON.stringify(steps),
    SConstruct: [
      'import json, sys',
      'sys.setrecursionlimit(100000)',
      'env = Environment()',
      "for s in json.load(open('steps.json')):",
      "    env.Command(s['output'], s['inputs'], ' '.join(s['argv']))",
      '',
    ].join('\n'),
  }),
  ran: times(/^(?:cp|sh) /gm),
};
