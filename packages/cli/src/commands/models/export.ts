import { relative, resolve } from 'node:path';
import { exportModel, type ModelFacts, type ModelFormat } from '@tidegate/core';
import { failure, shortDigest } from '@tidegate/formats';
import { cardMarkdown } from '../../card/card-markdown.ts';
import { cardPage } from '../../card/card-page.ts';
import { evalResults } from '../../card/eval-results.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { signingKeyOption } from './options.ts';

const formats: readonly ModelFormat[] = ['folder', 'mlflow', 'huggingface'];

export const exportVerb: Verb = {
  usage: 'export VERSION FOLDER [--format FORMAT] [--signing-key FILE]',
  options: {
    format: {
      type: 'string',
      value: 'FORMAT',
      help: 'With "export": folder (the model with record, card and lock, default), mlflow (as MLflow loads it), huggingface (a repository of the Hub)',
    },
    ...signingKeyOption,
  },
  examples: [
    {
      line: 'tidegate models export delay ../handed-over',
      does: 'the newest version as a signed folder with its card, which needs no Tidegate',
    },
    { line: 'tidegate models export 3f2a9c1d ../for-mlflow --format mlflow', does: 'as a folder that MLflow loads and serves' },
  ],
  run: async ({ project, invocation: { terminal, json, text, cwd }, words: [version = '', folder = ''] }) => {
    const format = formatNamed(text('format'));
    const signingKey = text('signing-key');
    const exported = await exportModel(project, version, {
      folder: resolve(cwd, folder),
      format,
      key: signingKey === undefined ? null : resolve(cwd, signingKey),
      texts: (facts) => textsOf(format, facts),
    });
    if (json) terminal.json(exported);
    terminal.line(
      `Written: ${relative(cwd, exported.folder)}: ${counted(exported.files.length, 'file')} of version ${shortDigest(exported.version)}, signed.`,
    );
    terminal.line('Whoever gets it verifies it with this key, which must reach them by another way:');
    for (const line of exported.publicKey.trimEnd().split('\n')) terminal.line(line);
  },
};

function textsOf(format: ModelFormat, facts: ModelFacts): { readonly [path: string]: string } {
  if (format === 'mlflow') return {};
  const card = { 'README.md': cardMarkdown(facts), 'card.html': cardPage(facts) };
  const results = format === 'huggingface' ? evalResults(facts) : null;
  return results === null ? card : { ...card, '.eval_results/tidegate.yaml': results };
}

function formatNamed(word: string | undefined): ModelFormat {
  const format = formats.find((one) => one === (word ?? 'folder'));
  if (format !== undefined) return format;
  throw failure('TG-CLI-USAGE', `Cannot write a model as "${word ?? ''}": that is no format of models`, `Formats: ${formats.join(', ')}`);
}
