import { createInterface } from 'node:readline/promises';
import { resolve } from 'node:path';
import { checkKeysToForget, type ForgetOptions, forgetRows, type ForgottenRowsReport, type Project } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Invocation } from '../../command.ts';
import { remoteOption, zoneOption } from '../../open-here.ts';
import { forgottenRowsLines } from '../../render/forgotten-rows-view.ts';
import { sourceProgress } from '../../render/read-source-view.ts';
import type { Verb } from '../../verb.ts';
import { datasetName } from './dataset-name.ts';
import { dryRunOption } from './options.ts';

export const forget: Verb = {
  usage: 'forget NAME [--key COLUMN=VALUE]… [--keys FILE] [--reason TEXT] [--yes] [--dry-run]',
  options: {
    key: {
      type: 'string',
      value: 'COLUMN=VALUE',
      multiple: true,
      help: 'With "forget": the key of a row, or a part of it, with commas between columns; again for another row',
    },
    keys: { type: 'string', value: 'FILE', help: 'With "forget": a file of keys with a header: .csv, .tsv, .jsonl, .parquet' },
    reason: { type: 'string', value: 'TEXT', help: 'With "forget": why, for the tombstone' },
    yes: { type: 'boolean', help: 'With "forget": asks nothing' },
    'dry-run': dryRunOption,
    remote: remoteOption,
    zone: zoneOption,
  },
  examples: [
    { line: 'tidegate data forget customers --key id=4711 --dry-run', does: 'which versions have that row, and which models saw it' },
    {
      line: 'tidegate data forget customers --keys requests.csv --reason "erasure requests of May" --yes',
      does: 'takes rows out of every version, with their bytes, for good',
    },
  ],
  run: async ({ project, invocation, words }) => {
    const { terminal, json, flag, text, texts, signal, cwd } = invocation;
    const name = datasetName(words);
    const file = text('keys');
    const options: ForgetOptions = {
      words: texts('key'),
      file: file === undefined ? null : resolve(cwd, file),
      reason: text('reason') ?? null,
      dryRun: flag('dry-run'),
      signal,
      progress: sourceProgress(terminal, `data.${name}`),
    };
    if (!options.dryRun && !flag('yes') && !(await isWanted(project, name, { options, invocation }))) return 1;
    const report = await forgetRows(project, name, options);
    if (json) terminal.json(report);
    for (const line of forgottenRowsLines(report, terminal)) terminal.line(line);
    return exitOf(report);
  },
};

/** What has such rows still, and keys that nothing has, are told by the exit code as well. */
function exitOf({ outcome, held, keys }: ForgottenRowsReport): number {
  return outcome === 'not-found' || held.length > 0 || keys.notFound > 0 ? 1 : 0;
}

/** Shows what would be done, and asks. @throws TG-CLI-USAGE where nobody can answer, once it is seen that there is something to ask */
async function isWanted(
  project: Project,
  name: string,
  { options, invocation: { terminal, json, signal } }: { readonly options: ForgetOptions; readonly invocation: Invocation },
): Promise<boolean> {
  if (json || !terminal.interactive || !process.stdin.isTTY) {
    await checkKeysToForget(project, name, options);
    throw failure(
      'TG-CLI-USAGE',
      `Cannot forget rows of data.${name}: nobody is there to be asked, and it cannot be undone`,
      'Look with "--dry-run" first, then write "--yes"',
    );
  }
  const planned = await forgetRows(project, name, { ...options, dryRun: true });
  for (const line of forgottenRowsLines(planned, terminal)) terminal.line(line);
  if (planned.outcome === 'not-found') return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question('Forget them for good? [y/N] ', { signal })).trim());
  } finally {
    asking.close();
  }
}
