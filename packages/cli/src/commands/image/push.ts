import { pushReleaseImage } from '@tidegate/core';
import type { Verb } from '../../verb.ts';
import { buildOptions, builtImage, layerLines } from './options.ts';

export const push: Verb = {
  usage: 'push IMAGE [RELEASE] [--base BASE] [--platform PLATFORM]',
  options: buildOptions,
  examples: [
    {
      line: 'tidegate image push ghcr.io/team/delay-api:v12',
      does: 'builds the newest release, sends what the registry does not have, and sets the tag last',
    },
  ],
  run: async ({ project, invocation, words: [to = '', release = null] }) => {
    const { terminal, json, signal } = invocation;
    const image = await builtImage(project, invocation, release);
    const name = await pushReleaseImage(project, image, to, signal);
    if (json) terminal.json({ release: image.release, digest: image.descriptor.digest, name, layers: image.layers });
    for (const line of layerLines(image)) terminal.line(line);
    terminal.line(`Pushed ${to}. By its digest: ${name}`);
  },
};
