import { pushProject } from '@tidegate/core';
import { remoteOption, zoneOption } from '../../open-here.ts';
import { bytes } from '../../render/figures.ts';
import { forgottenTeller } from '../../render/forgotten-rows-view.ts';
import { movingBytes } from '../../render/moving-bytes.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';

export const push: Verb = {
  usage: 'push',
  options: { remote: remoteOption, zone: zoneOption },
  examples: [
    {
      line: 'tidegate remote push --remote /mnt/tidegate',
      does: 'the newest results with their data, and what was deployed, to that folder',
    },
  ],
  run: async ({ project, invocation: { terminal, json, signal } }) => {
    const shared = await pushProject(project, {
      signal,
      onProgress: movingBytes(terminal, 'pushing'),
      onForgotten: forgottenTeller(terminal),
    });
    if (json) terminal.json({ remote: project.remote?.address, ...shared });
    terminal.line(
      `Shared: ${counted(shared.results, 'result')}, ${counted(shared.objects, 'object')} (${bytes(shared.bytes)}), ${counted(shared.deployments, 'deployment')}. The rest was there.`,
    );
  },
};
