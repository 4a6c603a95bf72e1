import { placeDataset } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { fileProgress } from '../../render/file-progress.ts';
import { shownName } from '../../render/shown-name.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { datasetName } from './dataset-name.ts';
import { dryRunOption } from './options.ts';

export const checkout: Verb = {
  usage: 'checkout NAME [VERSION] [--link] [--force] [--dry-run]',
  options: {
    link: {
      type: 'boolean',
      help: 'With "checkout": files of 1 MiB or more take no room of their own; where the file system has no reflinks they are links into the store, and read-only',
    },
    force: { type: 'boolean', help: 'With "checkout": write over files with changes that no version has' },
    'dry-run': dryRunOption,
  },
  examples: [
    {
      line: 'tidegate data checkout flights',
      does: 'its files at their own paths, as tidegate.lock pins them; only what differs is written',
    },
    { line: 'tidegate data checkout flights HEAD~3', does: 'the version that the tidegate.lock of that commit pins' },
    { line: 'tidegate data checkout flights --link', does: 'large files as links into the store, so that they lie on the disk once' },
  ],
  run: async ({ project, invocation: { terminal, json, flag, signal }, words }) => {
    const [, version = null] = words;
    const name = datasetName(words);
    const dryRun = flag('dry-run');
    const onProgress = fileProgress(terminal, `data.${name}`);
    const placed = await placeDataset(project, name, { version, link: flag('link'), force: flag('force'), dryRun, signal, onProgress });
    if (json) terminal.json(placed);
    if (dryRun)
      for (const [mark, paths] of [
        ['~', placed.written],
        ['-', placed.removed],
      ] as const)
        for (const path of paths) terminal.line(`  ${mark} ${shownName(path)}`);
    if (placed.replaced !== null)
      terminal.line(
        `tidegate.lock pins ${shortDigest(placed.replaced)}, of which rows were forgotten: ${shortDigest(placed.version)} stands in its place.`,
      );
    const removed = placed.removed.length === 0 ? '' : `, ${placed.removed.length} removed`;
    terminal.line(
      `${dryRun ? 'Would place' : 'Placed'} ${counted(placed.paths.length, 'file')} of data.${name}, version ${shortDigest(placed.version)}: ${placed.written.length} written${removed}.`,
    );
  },
};
