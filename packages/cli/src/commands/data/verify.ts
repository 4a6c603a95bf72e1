import { currentVersion, type Project, verifyDataset } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { bytes } from '../../render/figures.ts';
import { fileProgress } from '../../render/file-progress.ts';
import { shownName } from '../../render/shown-name.ts';
import type { Terminal } from '../../render/terminal.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { datasetNames } from './dataset-names.ts';
import { eachDataset, exitOfRefused, throwRefused } from './each-dataset.ts';
import { versionOption } from './options.ts';

export const verify: Verb = {
  usage: 'verify [NAME…] [--version VERSION]',
  options: { version: versionOption },
  examples: [
    {
      line: 'tidegate data verify',
      does: 'reads every file of the pinned versions that is in the store, and fetches what is damaged from the remote; exit code 1 when one is damaged or gone for good',
    },
  ],
  run: async ({ project, invocation: { terminal, json, text, signal }, words }) => {
    const version = text('version') ?? null;
    const names = words.length > 0 || version !== null ? datasetNames(project, words) : await withVersion(project, terminal);
    const { done, refused } = await eachDataset(names, signal, (name) =>
      verifyDataset(project, name, { version, signal, onProgress: fileProgress(terminal, `data.${name}`) }),
    );
    if (json) terminal.json([...done, ...refused]);
    for (const { dataset, version: verified, files, bytes: size, damaged, repaired, missing, elsewhere } of done) {
      const found = damaged.length + missing.length === 0 ? 'sound' : `${damaged.length} damaged, ${missing.length} missing`;
      const far = elsewhere === 0 ? '' : `; ${elsewhere} are on the remote only and were not read`;
      const fetched = repaired.length === 0 ? '' : `; ${counted(repaired.length, 'damaged file')} fetched anew from the remote`;
      terminal.line(
        `data.${dataset}, version ${shortDigest(verified)}: ${counted(files, 'file')}, ${bytes(size)}: ${found}${fetched}${far}.`,
      );
      for (const path of [...damaged, ...missing].slice(0, 20)) terminal.line(`  ${terminal.style('red', `! ${shownName(path)}`)}`);
      if (damaged.length + missing.length > 0)
        terminal.line(
          `  Bring it back: "tidegate data add ${dataset}" where the files are as they should be, or "tidegate data pull ${dataset}".`,
        );
    }
    if (!json) throwRefused(refused);
    return Math.max(exitOfRefused(refused), done.some(({ damaged, missing }) => damaged.length + missing.length > 0) ? 1 : 0);
  },
};

/** Of one without a version there is nothing to verify yet. */
async function withVersion(project: Project, terminal: Terminal): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of datasetNames(project, []))
    if ((await currentVersion(project, name)) !== null) found.push(name);
    else terminal.line(`data.${name} has no version yet: tidegate data commit ${name}`);
  return found;
}
