import { signingKey } from '@tidegate/core';
import type { Verb } from '../../verb.ts';

export const key: Verb = {
  usage: 'key',
  examples: [
    {
      line: 'tidegate models key',
      does: 'the public key of this machine, by which others verify what it signs: for "signatures.trusted" of tidegate.yaml',
    },
  ],
  run: async ({ project, invocation: { terminal, json } }) => {
    const found = await signingKey(project);
    if (json) terminal.json(found);
    for (const line of found.publicKey.trimEnd().split('\n')) terminal.line(line);
  },
};
