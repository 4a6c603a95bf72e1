import { type FileOfVersion, openFileOfVersion } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import { bytes } from '../../render/figures.ts';
import { harmless } from '../../render/terminal.ts';
import type { Verb } from '../../verb.ts';
import { datasetAt } from './dataset-name.ts';
import { versionOption } from './options.ts';

export const cat: Verb = {
  usage: 'cat NAME[@VERSION] PATH [--version VERSION]',
  options: { version: versionOption },
  examples: [
    { line: 'tidegate data cat images data/images/labels.txt --version HEAD~1', does: 'a text file as an earlier version has it' },
    {
      line: 'tidegate data cat images@main data/images/cat.png',
      does: 'any file, byte for byte, into a pipe or a file (">"); a terminal gets text only, without control characters',
    },
  ],
  run: async ({ project, invocation: { terminal, json, text }, words }) => {
    const [, path = ''] = words;
    const { name, version } = datasetAt(words, text('version'));
    const file = await openFileOfVersion(project, name, { version, path: path.replace(/^(\.\/)+/, '') });
    if (json) terminal.json({ path, text: await textOf(path, file) });
    else if (terminal.isScreen) terminal.line(onScreen(await textOf(path, file)));
    else await terminal.pour(file.chunks());
  },
};

/** More than anybody reads on a screen, and what one document of JSON may hold. */
const longestText = 64 << 20;

/** @throws TG-CLI-USAGE for bytes that are no text, and for more of them than fit into memory */
async function textOf(path: string, file: FileOfVersion): Promise<string> {
  if (file.bytes > longestText) throw unprintable(path, `it has ${bytes(file.bytes)}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.chunks()) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw unprintable(path, 'its bytes are no text', error);
  }
}

function unprintable(path: string, why: string, cause?: unknown): Error {
  const problem = `Cannot print ${JSON.stringify(path)}: ${why}`;
  return failure('TG-CLI-USAGE', problem, 'Send it to a file with ">", or all of the version: "tidegate data export NAME FOLDER"', cause);
}

/** What a file says can move no cursor and colour nothing; `terminal.line` ends the last line. */
function onScreen(text: string): string {
  return harmless(text.replaceAll('\r\n', '\n').replace(/\n$/, ''));
}
