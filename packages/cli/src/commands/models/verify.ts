import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { verifyModelFolder, verifyModelVersion } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { signerWords, trustIn, trustOptions } from './options.ts';

export const verify: Verb = {
  usage:
    'verify FOLDER_OR_VERSION [--key FILE] [--certificate FILE] [--trusted-root FILE --identity NAME --issuer URL] [--signature FILE] [--trust NAME]',
  options: {
    ...trustOptions,
    trust: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      help: 'A class or function, with its module, that a pickle may use besides those of known libraries; may be given several times',
    },
  },
  examples: [
    {
      line: 'tidegate models verify delay',
      does: 'whether the file of the newest version is the one that was registered, and safe by the list of today',
    },
    {
      line: 'tidegate models verify ../handed-over --key supplier.pem',
      does: 'whether its signature is of this key and these files, and whether every file is safe to load; nothing is loaded',
    },
  ],
  run: async ({ project, invocation, words: [folder = ''] }) => {
    const { terminal, json, cwd, texts } = invocation;
    const trusted = trustIn(invocation);
    if (!existsSync(resolve(cwd, folder)) && !/[\\/]/.test(folder)) {
      const verified = await verifyModelVersion(project, folder);
      if (json) terminal.json(verified);
      terminal.line(`Version ${shortDigest(verified.version)}: its file is the one that was registered.`);
      terminal.line(
        verified.scan === null
          ? 'It is code of the project: there is nothing to look through.'
          : 'Safe to load: looked through by the list of today.',
      );
      return;
    }
    const verified = await verifyModelFolder(project, {
      path: resolve(cwd, folder),
      ...trusted,
      trust: texts('trust'),
      now: new Date(project.platform.clock.now()),
    });
    if (json) terminal.json(verified);
    terminal.line(
      `Signed by ${signerWords(verified.signature.key)}: ${counted(verified.signature.files.length, 'file')}, none changed, none added.`,
    );
    terminal.line(`Safe to load: ${counted(verified.scans.length, 'file')} looked through.`);
  },
};
