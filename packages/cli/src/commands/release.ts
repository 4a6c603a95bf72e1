import { relative, resolve } from 'node:path';
import { placeRelease } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';

export const command: Command = {
  name: 'release',
  summary: 'Write a release as a folder that starts by itself',
  usage: 'FOLDER [RELEASE]',
  options: {},
  examples: [
    { line: 'tidegate release build/delay-api', does: 'the newest release of the project; then: build/delay-api/start --port 8080' },
    { line: 'tidegate release /srv/delay-api 3f2a9c1d', does: 'a release by the first digits of its digest' },
  ],
  run: async (invocation) => {
    const { terminal, cwd, json } = invocation;
    using project = await openHere(invocation);
    const [folder = '', release = null] = invocation.positionals;
    const placed = await placeRelease(project, { release, folder: resolve(cwd, folder) });
    if (json) terminal.json(placed);
    terminal.line(
      `Wrote release ${shortDigest(placed.release)} of ${placed.service}. Serve it: ${relative(cwd, placed.folder)}/start --port 8080`,
    );
    return 0;
  },
};
