import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type JudgedContract, testContractFile, testDatasetContract, testLiveService } from '@tidegate/core';
import { exitOfVerdict, failure, worstVerdict } from '@tidegate/formats';
import type { Invocation } from '../../command.ts';
import { momentOf } from '../../moment-of.ts';
import { openHere } from '../../open-here.ts';
import { durationOption } from '../../quantities.ts';
import { judgedContractLines } from '../../render/judged-contract-view.ts';
import type { VerbAnywhere } from '../../verb.ts';
import { datasetName } from '../data/dataset-name.ts';

export const test: VerbAnywhere = {
  usage:
    'test [NAME|FILE] [VERSION] [--data FILES]… [--server NAME] [--object NAME] [--service NAME] [--at ENVIRONMENT] [--window SPAN] [--as-of TIME]',
  options: {
    data: {
      type: 'string',
      value: 'FILES',
      multiple: true,
      help: 'test FILE: judge these files, folders or patterns (may be given several times)',
    },
    server: { type: 'string', value: 'NAME', help: 'test FILE: judge what this server of the data contract has' },
    object: { type: 'string', value: 'NAME', help: 'test FILE: the object under "schema:" that the data is, where there are several' },
    service: {
      type: 'string',
      value: 'NAME',
      help: 'test: judge what this live service was asked with, by what data contracts promise of its inputs (tidegate.skew, tidegate.drift)',
    },
    at: {
      type: 'string',
      value: 'ENVIRONMENT',
      help: "test: of live services, those of this environment (default: the one that the service's monitor watches, or the last of the path)",
    },
    window: {
      type: 'string',
      value: 'SPAN',
      help: "test --service: how far back predictions count, such as 12h (default: as the service's monitor, or 7d)",
    },
    'as-of': { type: 'string', value: 'TIME', help: 'test: judge ages and live services at this moment instead of now' },
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
    {
      line: 'tidegate contract test flights --service delay-api',
      does: 'what the live service was asked with in the last days, against what its model was trained on',
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
  const [service, at, window] = [text('service') ?? null, text('at') ?? null, durationOption('window', text('window')) ?? null];
  if (service !== null || at !== null) {
    if (data.length > 0 || server !== null || object !== null || version !== undefined)
      throw usage('"--service" and "--at" say what data to look at', 'Leave out VERSION, "--data", "--server" and "--object"');
    using project = await openHere(invocation);
    const dataset = word === '' ? null : datasetName([word]);
    return await testLiveService(project, { dataset, service, environment: at, windowMs: window, now, signal });
  }
  if (window !== null) throw usage('"--window" is about a live service', 'Name it with "--service"');
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
