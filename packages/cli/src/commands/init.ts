import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Detected, detectProject, projectFile } from '@tidegate/core';
import { failure, nearest } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';

export const command: Command = {
  name: 'init',
  summary: 'Make a tidegate.yaml for the data file and the training script in this folder',
  usage: '[--data FILE] [--train SCRIPT] [--label COLUMN] [--model FILE] [--metric NAME]',
  options: {
    data: { type: 'string', value: 'FILE', help: 'CSV, Parquet or JSON lines file' },
    train: { type: 'string', value: 'SCRIPT', help: 'Python script that reads it and saves a model' },
    label: { type: 'string', value: 'COLUMN', help: 'The column the model predicts' },
    model: { type: 'string', value: 'FILE', help: 'Where the script saves the model' },
    metric: { type: 'string', value: 'NAME', multiple: true, help: 'What to judge the model by; the first one counts most' },
    yes: { type: 'boolean', short: 'y', help: 'Ask nothing; take what was found' },
  },
  examples: [
    { line: 'tidegate init', does: 'looks at the folder, asks only what it cannot tell' },
    { line: 'tidegate init --label price --yes', does: 'asks nothing' },
  ],
  run: async (invocation) => {
    const { cwd, terminal } = invocation;
    if (existsSync(join(cwd, 'tidegate.yaml')))
      throw failure('TG-CLI-INIT', 'Cannot make a project: tidegate.yaml is there already', 'Run "tidegate run", or remove the file first');
    const found = await detectProject(cwd, choicesOf(invocation));
    const [data] = found.data;
    const [script] = found.scripts;
    const artifact = invocation.text('model') ?? found.artifact;
    if (data === undefined) throw missing('no CSV, Parquet or JSON lines file is in this folder or in data/', '--data FILE');
    if (script === undefined) throw missing('no Python script in this folder trains a model', '--train SCRIPT');
    if (artifact === null) throw missing(`"${script}" does not say where it saves the model`, '--model FILE');
    const label = await labelFor(found, invocation);
    const { metrics } = label === found.label ? found : await detectProject(cwd, { ...choicesOf(invocation), label });
    const chosen = invocation.texts('metric');
    const text = projectFile({
      data,
      script,
      artifact,
      label,
      metrics: chosen.length > 0 ? chosen : metrics,
      requirements: found.requirements,
    });
    await writeFile(join(cwd, 'tidegate.yaml'), text, { flag: 'wx' });
    if (invocation.json) terminal.json({ file: 'tidegate.yaml', text, data, script, artifact, label });
    for (const line of [
      'Wrote tidegate.yaml:',
      '',
      ...text
        .trimEnd()
        .split('\n')
        .map((one) => `  ${one}`),
      '',
    ])
      terminal.line(line);
    if (!existsSync(join(cwd, '.git')))
      terminal.line('This folder is not a Git repository: deploying needs commits, so run "git init" some time.');
    terminal.line('Next: tidegate run');
    return 0;
  },
};

function choicesOf(invocation: Invocation): { readonly data?: string; readonly script?: string; readonly label?: string } {
  const [data, script, label] = [invocation.text('data'), invocation.text('train'), invocation.text('label')];
  return { ...(data !== undefined && { data }), ...(script !== undefined && { script }), ...(label !== undefined && { label }) };
}

function missing(what: string, option: string): Error {
  return failure('TG-CLI-INIT', `Cannot make a project: ${what}`, `Name it: "tidegate init" with ${option}`);
}

async function labelFor(found: Detected, invocation: Invocation): Promise<string> {
  const given = invocation.text('label');
  if (given !== undefined) {
    if (found.columns.includes(given)) return given;
    const near = nearest(given, found.columns);
    throw failure(
      'TG-CLI-INIT',
      `Cannot make a project: "${found.data[0] ?? ''}" has no column "${given}"`,
      near === null ? `Columns: ${found.columns.join(', ')}` : `Did you mean "${near}"?`,
    );
  }
  if (found.label !== null && (invocation.flag('yes') || !process.stdin.isTTY)) return found.label;
  if (!process.stdin.isTTY || invocation.flag('yes'))
    throw missing(`the column to predict cannot be told (columns: ${found.columns.join(', ')})`, '--label COLUMN');
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (
      await asking.question(
        `Which column does the model predict?${found.label === null ? ` (${found.columns.join(', ')})` : ` [${found.label}]`} `,
        { signal: invocation.signal },
      )
    ).trim();
    const label = answer === '' ? found.label : answer;
    if (label === null || !found.columns.includes(label)) throw missing(`"${answer}" is no column of the data`, '--label COLUMN');
    return label;
  } finally {
    asking.close();
  }
}
