import { listTombstones } from '@tidegate/core';
import { tombstoneLines } from '../../render/forgotten-rows-view.ts';
import type { Verb } from '../../verb.ts';
import { datasetName } from './dataset-name.ts';

export const tombstones: Verb = {
  usage: 'tombstones [NAME]',
  examples: [
    { line: 'tidegate data tombstones', does: 'what was forgotten, with each signature checked, and the public key of this home' },
  ],
  run: async ({ project, invocation: { terminal, json }, words }) => {
    const name = words.length === 0 ? null : datasetName(words);
    const listed = await listTombstones(project, name);
    if (json) terminal.json(listed);
    for (const line of tombstoneLines(listed.tombstones)) terminal.line(line);
    if (listed.publicKey === null) terminal.line('No row was forgotten here.');
    else terminal.line(`Public key of this home (Ed25519): ${listed.publicKey}`);
    return listed.tombstones.every(({ isSigned }) => isSigned) ? 0 : 1;
  },
};
