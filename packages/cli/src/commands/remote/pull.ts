import { heedTombstones, placePinned, type Project } from '@tidegate/core';
import { failure, shortDigest } from '@tidegate/formats';
import { remoteOption, zoneOption } from '../../open-here.ts';
import { forgottenTeller } from '../../render/forgotten-rows-view.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';

export const pull: Verb = {
  usage: 'pull',
  options: { remote: remoteOption, zone: zoneOption },
  examples: [{ line: 'tidegate remote pull', does: 'in a fresh clone: the data that tidegate.lock pins, where there is none' }],
  run: async ({ project, invocation: { terminal, json, signal } }) => {
    requireRemote(project);
    await heedTombstones(project, { signal, onForgotten: forgottenTeller(terminal) });
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
};

function requireRemote({ remote }: Project): void {
  if (remote !== null) return;
  throw failure(
    'TG-CLI-NO-REMOTE',
    'Cannot take anything from others: the project has no remote',
    'Name one: "--remote FOLDER" (or s3://BUCKET/PREFIX, or the URL of a server), or "remote: { folder: FOLDER }" in tidegate.yaml',
  );
}
