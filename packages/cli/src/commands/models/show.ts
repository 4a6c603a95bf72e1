import { extname, relative, resolve } from 'node:path';
import { type ModelFacts, modelFacts, writeFileAtomically } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import { cardMarkdown } from '../../card/card-markdown.ts';
import { cardPage } from '../../card/card-page.ts';
import { modelLines } from '../../render/model-view.ts';
import type { Verb } from '../../verb.ts';

export const show: Verb = {
  usage: 'show VERSION [--card FILE]',
  options: {
    card: {
      type: 'string',
      value: 'FILE',
      help: 'With "show": write the model card, as a page with plots (.html) or as Markdown with front matter (.md), from records alone',
    },
  },
  examples: [
    {
      line: 'tidegate models show delay',
      does: 'the newest version of a model: what it takes, was made of and measured, and when it was live',
    },
    { line: 'tidegate models show 3f2a9c1d --card card.html', does: 'its model card as one page with plots' },
  ],
  run: async ({ project, invocation: { terminal, json, text, cwd }, words: [version = ''] }) => {
    const card = text('card');
    const write = card === undefined ? null : writerOf(card);
    const facts = await modelFacts(project, version);
    if (json) terminal.json(facts);
    if (card === undefined || write === null) {
      for (const line of modelLines(facts, terminal)) terminal.line(line);
      return;
    }
    const path = resolve(cwd, card);
    await writeFileAtomically(path, write(facts));
    terminal.line(`Written: ${relative(cwd, path)}`);
  },
};

const writers: Readonly<Record<string, (facts: ModelFacts) => string>> = { '.html': cardPage, '.md': cardMarkdown };

function writerOf(file: string): (facts: ModelFacts) => string {
  const write = writers[extname(file).toLowerCase()];
  if (write !== undefined) return write;
  throw failure(
    'TG-CLI-USAGE',
    `Cannot write a model card as "${file}": it is a page or Markdown`,
    'Name a file that ends with .html or .md',
  );
}
