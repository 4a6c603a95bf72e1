import { relative, resolve } from 'node:path';
import { importModel, stepFor } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import { whole } from '../../render/figures.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { signerWords, trustIn, trustOptions } from './options.ts';

export const importVerb: Verb = {
  usage:
    'import SOURCE FILE [--rows FILE] [--key FILE] [--certificate FILE] [--trusted-root FILE --identity NAME --issuer URL] [--signature FILE] [--trust NAME]',
  options: {
    ...trustOptions,
    rows: {
      type: 'string',
      value: 'FILE',
      help: 'With "import": rows (CSV, JSON lines, Parquet) for which a converted model must answer as the original does',
    },
  },
  examples: [
    {
      line: 'tidegate models import ../from-mlflow imported/delay.onnx --rows sample.csv',
      does: 'a model of MLflow as one ONNX file: looked through, converted in a sandbox, held against the original on these rows',
    },
    {
      line: 'tidegate models import model.onnx imported/delay.onnx --key supplier.pem',
      does: 'an ONNX model whose signature is verified first',
    },
  ],
  run: async ({ project, invocation, words: [source = '', file = ''] }) => {
    const { terminal, json, cwd, text, texts, signal } = invocation;
    const [rows, to] = [text('rows'), resolve(cwd, file)];
    const trusted = trustIn(invocation);
    if (trusted.signature !== null && trusted.key === null && trusted.certificate === null && trusted.keyless === null)
      throw failure(
        'TG-CLI-USAGE',
        'Cannot verify a signature without saying whom to believe',
        'Give "--key FILE" or "--certificate FILE"',
      );
    const imported = await importModel(project, {
      source: resolve(cwd, source),
      to,
      rows: rows === undefined ? null : resolve(cwd, rows),
      signature: trusted,
      trust: texts('trust'),
      signal,
      onStep: (doing) => terminal.status(`… ${doing}`),
    });
    if (json) terminal.json(imported);
    const { parity, signedBy } = imported;
    terminal.line(`Written: ${relative(cwd, to)}, with what was looked at beside it (.import.json).`);
    terminal.line(signedBy === null ? 'Its signature was not verified.' : `Signed by ${signerWords(signedBy)}.`);
    terminal.line(`Safe to load: ${counted(imported.scanned.length, 'file')} looked through.`);
    terminal.line(
      parity === null
        ? 'It was ONNX: nothing was converted.'
        : `Converted in a sandbox; it answers as the original for all ${whole(parity.rows)} rows, at most ${parity.largestDifference.toPrecision(2)} apart.`,
    );
    terminal.line('To take it through the gate, write into tidegate.yaml and name "steps.imported.model" as the artifact of a model:');
    for (const line of stepFor(project, to).trimEnd().split('\n')) terminal.line(`  ${line}`);
  },
};
