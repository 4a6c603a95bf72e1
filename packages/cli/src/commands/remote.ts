import { placePinned, type Project, pushProject } from '@tidegate/core';
import { failure, shortDigest } from '@tidegate/formats';
import { byVerb } from '../by-verb.ts';
import type { Command } from '../command.ts';
import { remoteOption, zoneOption } from '../open-here.ts';
import { bytes } from '../render/figures.ts';
import { counted } from '../render/words.ts';

export const command: Command = {
  name: 'remote',
  summary: 'Share results, data and histories with other machines',
  usage: '[push | pull]',
  options: { remote: remoteOption, zone: zoneOption },
  examples: [
    {
      line: 'tidegate remote push --remote /mnt/tidegate',
      does: 'the newest results with their data, and what was deployed, to that folder',
    },
    { line: 'tidegate remote pull', does: 'in a fresh clone: the data that tidegate.lock pins, where there is none' },
  ],
  run: byVerb({
    push: async ({ project, invocation: { terminal, json } }) => {
      const shared = await pushProject(project);
      if (json) terminal.json({ remote: project.remote?.address, ...shared });
      terminal.line(
        `Shared: ${counted(shared.results, 'result')}, ${counted(shared.objects, 'object')} (${bytes(shared.bytes)}), ${counted(shared.deployments, 'deployment')}. The rest was there.`,
      );
    },
    pull: async ({ project, invocation: { terminal, json } }) => {
      requireRemote(project);
      const datasets = await placePinned(project);
      if (json) terminal.json({ datasets });
      for (const { dataset, version, files } of datasets)
        terminal.line(
          files === null
            ? `data.${dataset}: ${version === null ? 'tidegate.lock pins no version' : `version ${shortDigest(version)} is not in the remote`}.`
            : `data.${dataset}: ${counted(files, 'file')} of version ${version === null ? 'none' : shortDigest(version)} in place.`,
        );
      if (datasets.length === 0) terminal.line('Nothing to place: every dataset has files here.');
    },
  }),
};

function requireRemote({ remote }: Project): void {
  if (remote !== null) return;
  throw failure(
    'TG-CLI-NO-REMOTE',
    'Cannot take anything from others: the project has no remote',
    'Name a folder: "tidegate remote pull --remote FOLDER", or "remote: { folder: FOLDER }" in tidegate.yaml',
  );
}
