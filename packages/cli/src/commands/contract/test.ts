import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type JudgedContract, testContractFile, testDatasetContract } from '@tidegate/core';
import { exitOfVerdict, failure, worstVerdict } from '@tidegate/formats';
import type { Invocation } from '../../command.ts';
import { momentOf } from '../../moment-of.ts';
import { openHere } from '../../open-here.ts';
import { judgedContractLines } from '../../render/judged-contract-view.ts';
import type { VerbAnywhere } from '../../verb.ts';
import { datasetName } from '../data/dataset-name.ts';

export const test: VerbAnywhere = {
  usage: 'test NAME|FILE [VERSION] [--data FILES]… [--server NAME] [--object NAME] [--as-of TIME]',
  options: {
    data: {
      type: 'string',
      value: 'FILES',
      multiple: true,
      help: 'test FILE: judge these files, folders or patterns (may be given several times)',
    },
    server: { type: 'string', value: 'NAME', help: 'test FILE: judge what this server of the data contract has' },
    object: { type: 'string', value: 'NAME', help: 'test FILE: the object under "schema:" that the data is, where there are several' },
    'as-of': { type: 'string', value: 'TIME', help: 'test: judge ages (latency, retention) against this moment instead of now' },
  },
  examples: [
    {
      line: 'tidegate contract test flights',
      does: 'the newest version of a dataset against its data contract as it is now, without a run',
    },
    {
      line: 'tidegate contract test contracts/flights.odcs.yaml --data "data/*.parquet"',
      does: 'files against a data contract, also outside a project',
    },
    {
      line: 'tidegate contract test contracts/flights.odcs.yaml --server production',
      does: 'the tables of a server that the data contract names',
    },
  ],
  run: async ({ invocation, words }) => {
    const { terminal, json } = invocation;
    const judged = await judge(invocation, words);
    const verdict = worstVerdict(judged.map((one) => one.verdict));
    if (json) terminal.json({ verdict, contracts: judged });
    for (const one of judged) for (const line of judgedContractLines(one, terminal)) terminal.line(line);
    return exitOfVerdict(verdict);
  },
};

async function judge(invocation: Invocation, [word = '', version, ...more]: readonly string[]): Promise<readonly JudgedContract[]> {
  const { cwd, text, texts, variables, signal } = invocation;
  const now = momentOf('as-of', text('as-of')) ?? Date.now();
  const [data, server, object] = [texts('data'), text('server') ?? null, text('object') ?? null];
  const path = resolve(cwd, word);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  if (isFile || data.length > 0 || server !== null) {
    if (data.length > 0 && server !== null) throw usage('"--data" and "--server" both say which data', 'Give one of them');
    if (version !== undefined) throw usage('a file has no versions', 'Name a dataset, or files with "--data"');
    const secret = async (name: string): Promise<string | null> => variables[`TIDEGATE_SECRET_${name}`] ?? null;
    return testContractFile({ path, file: word, data: data.length === 0 ? null : data, server, object, folder: cwd, secret, now, signal });
  }
  using project = await openHere(invocation);
  return await testDatasetContract(project, datasetName([word, ...more]), { version: version ?? null, now, signal });
}

function usage(found: string, hint: string): Error {
  return failure('TG-CLI-USAGE', `Cannot test the data contract: ${found}`, hint);
}
