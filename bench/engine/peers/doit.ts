import { type Peer, times } from '../peer.ts';
import { onPath } from './on-path.ts';

export const doit: Peer = {
  name: 'doit',
  mostSteps: () => 1_000,
  install: async () => onPath(['doit', '-n', '2']),
  describe: ({ steps }) => ({
    'steps.json': JSON.stringify(steps),
    'dodo.py': [
      'import json',
      'def task_step():',
      "    for s in json.load(open('steps.json')):",
      "        yield {'name': s['name'], 'file_dep': s['inputs'], 'targets': [s['output']], 'actions': [s['argv']]}",
      '',
    ].join('\n'),
  }),
  ran: times(/^\. {2}step:/gm),
};
