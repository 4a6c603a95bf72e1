import { listVersion } from '@tidegate/core';
import { bytes, whole } from '../../render/figures.ts';
import { shownName } from '../../render/shown-name.ts';
import { table } from '../../render/table.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { datasetAt } from './dataset-name.ts';
import { versionOption } from './options.ts';

export const ls: Verb = {
  usage: 'ls NAME[@VERSION] [PATH] [--version VERSION]',
  options: { version: versionOption },
  examples: [{ line: 'tidegate data ls images data/images', does: 'what a folder of the pinned version has, whether or not it is here' }],
  run: async ({ project, invocation: { terminal, json, text }, words }) => {
    const [, path = ''] = words;
    const { name, version } = datasetAt(words, text('version'));
    const listing = await listVersion(project, name, { version, path: path.replace(/^(\.\/)+|\/+$/g, '') });
    if (json) terminal.json(listing);
    const rows = [
      ...listing.folders.map((folder) => [`${shownName(folder.path)}/`, bytes(folder.bytes), counted(folder.files, 'file')]),
      ...listing.files.map((file) => [shownName(file.path), bytes(file.bytes), file.link === undefined ? '' : `→ ${shownName(file.link)}`]),
    ];
    for (const line of table(rows)) terminal.line(line);
    terminal.line(terminal.style('dim', `${whole(listing.folders.length)} folders, ${counted(listing.files.length, 'file')}`));
  },
};
