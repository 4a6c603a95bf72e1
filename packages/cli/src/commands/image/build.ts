import { relative, resolve } from 'node:path';
import { type ImageFormat, writeImage } from '@tidegate/core';
import { failure, shortDigest } from '@tidegate/formats';
import type { Verb } from '../../verb.ts';
import { buildOptions, builtImage, layerLines } from './options.ts';

const formats: readonly ImageFormat[] = ['archive', 'layout'];

export const build: Verb = {
  usage: 'build [RELEASE] [--base BASE] [--platform PLATFORM] [--out PATH] [--format FORMAT]',
  options: {
    ...buildOptions,
    out: { type: 'string', value: 'PATH', help: 'Write it there, where nothing is yet (default: build/SERVICE.tar, which gives way)' },
    format: {
      type: 'string',
      value: 'FORMAT',
      help: 'archive (one file, for "docker load", "podman load" and skopeo; default) or layout (a folder by the OCI image specification)',
    },
  },
  examples: [
    { line: 'tidegate image build', does: 'the newest release as build/SERVICE.tar; then: podman load -i build/SERVICE.tar' },
    {
      line: 'tidegate image build 3f2a9c1d --platform linux/amd64 --platform linux/arm64 --format layout --out image',
      does: 'a release for two processors, as a folder',
    },
  ],
  run: async ({ project, invocation, words: [release = null] }) => {
    const { terminal, json, text, cwd } = invocation;
    const format = formatNamed(text('format'));
    const image = await builtImage(project, invocation, release);
    const out = text('out');
    const path =
      out === undefined ? resolve(project.root, 'build', `${image.service}${format === 'archive' ? '.tar' : '-image'}`) : resolve(cwd, out);
    const name = `${image.service}:${shortDigest(image.release)}`;
    await writeImage(project, image, { path, replaces: out === undefined, format, name });
    if (json) terminal.json({ release: image.release, digest: image.descriptor.digest, name, path, layers: image.layers });
    for (const line of layerLines(image)) terminal.line(line);
    terminal.line(`Wrote ${relative(cwd, path)}: image ${name}, ${image.descriptor.digest}`);
  },
};

function formatNamed(word: string | undefined): ImageFormat {
  const format = formats.find((one) => one === (word ?? 'archive'));
  if (format !== undefined) return format;
  throw failure('TG-CLI-USAGE', `Cannot write an image as "${word ?? ''}": that is no format of images`, `Formats: ${formats.join(', ')}`);
}
