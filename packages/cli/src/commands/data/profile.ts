import { resolve } from 'node:path';
import { datasetProfile, writeFileAtomically } from '@tidegate/core';
import { profileLines } from '../../render/profile-view.ts';
import { profilePage } from '../../report/profile-page.ts';
import type { Verb } from '../../verb.ts';
import { datasetAt } from './dataset-name.ts';

export const profile: Verb = {
  usage: 'profile NAME [VERSION] [--correlations] [--html FILE]',
  options: {
    html: { type: 'string', value: 'FILE', help: 'With "profile": also a page with plots, as one HTML file' },
    correlations: { type: 'boolean', help: 'With "profile": also how columns of numbers go together, which reads the rows' },
  },
  examples: [
    { line: 'tidegate data profile flights', does: 'what values its columns have: missing, distinct, range, distribution' },
    { line: 'tidegate data profile flights HEAD~1 --html profile.html', does: 'the version that a commit pins, as a page with plots' },
  ],
  run: async ({ project, invocation: { terminal, json, text, flag, signal, cwd }, words }) => {
    const { name, version } = datasetAt(words, words[1]);
    const found = await datasetProfile(project, name, { version, correlations: flag('correlations'), signal });
    const file = text('html');
    const path = file === undefined ? null : resolve(cwd, file);
    if (path !== null) await writeFileAtomically(path, profilePage(found));
    if (json) terminal.json(found);
    for (const line of profileLines(found, terminal)) terminal.line(line);
    if (path !== null) terminal.line(`Written: ${path}`);
  },
};
