import { resolve } from 'node:path';
import { pinBase } from '@tidegate/core';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';

export const base: Verb = {
  usage: 'base [FILE] [--platform PLATFORM] [--package NAME] [--mirror MIRROR] [--suite SUITE] [--copy-to FOLDER]',
  options: {
    platform: {
      type: 'string',
      value: 'PLATFORM',
      multiple: true,
      help: 'With "base": which platforms to pin it for, linux/amd64 or linux/arm64 (default: that of this machine)',
    },
    package: { type: 'string', value: 'NAME', multiple: true, help: 'A Debian package besides those that the model server needs' },
    mirror: {
      type: 'string',
      value: 'MIRROR',
      help: 'Address of a Debian mirror, or a folder that is laid out as one (default: https://deb.debian.org/debian and its security updates)',
    },
    'copy-to': { type: 'string', value: 'FOLDER', help: 'Copy the packages there, as a mirror for a place that reaches none' },
    suite: { type: 'string', value: 'SUITE', help: 'Which Debian (default: bookworm)' },
  },
  examples: [
    {
      line: 'tidegate image base',
      does: 'pins what images lie on by digest, in image-base.json; commit it, and call it again for newer packages',
    },
    {
      line: 'tidegate image base --platform linux/amd64 --platform linux/arm64 --package libgomp1',
      does: 'for two processors, with one more package',
    },
  ],
  run: async ({ project, invocation: { terminal, json, text, texts, cwd, signal }, words: [file = null] }) => {
    const copyTo = text('copy-to');
    const pinned = await pinBase(project, {
      file,
      platforms: texts('platform'),
      packages: texts('package'),
      mirror: text('mirror') ?? null,
      suite: text('suite') ?? 'bookworm',
      copyTo: copyTo === undefined ? null : resolve(cwd, copyTo),
      signal,
    });
    if (json) terminal.json(pinned);
    for (const [platform, packages] of Object.entries(pinned.platforms)) {
      terminal.line(`${platform}: ${counted(packages.length, 'package')}`);
      for (const { name, version } of packages) terminal.line(`  ${name} ${version}`);
    }
    terminal.line(`${pinned.isNew ? 'Wrote' : 'Wrote anew'}: ${pinned.file}. Commit it: images are built of exactly these packages.`);
  },
};
