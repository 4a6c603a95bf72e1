import { type ContractDiff, diffContractFiles, diffProjectContracts, findProjectRoot, type HitByChange } from '@tidegate/core';
import { exitOfVerdict, failure } from '@tidegate/formats';
import type { Invocation } from '../../command.ts';
import { momentOf } from '../../moment-of.ts';
import { openHere } from '../../open-here.ts';
import { contractDiffLines } from '../../render/contract-diff-view.ts';
import type { VerbAnywhere } from '../../verb.ts';

export const diff: VerbAnywhere = {
  usage: 'diff OLD NEW [--data FILES]… [--object NAME] [--as-of TIME]',
  options: {
    data: {
      type: 'string',
      value: 'FILES',
      multiple: true,
      help: 'diff: let these files, or the newest version of a dataset, say whether a change matters',
    },
    object: { type: 'string', value: 'NAME', help: 'diff: the object that the data is, where there are several' },
    'as-of': { type: 'string', value: 'TIME', help: 'diff: judge ages against this moment instead of now' },
  },
  examples: [
    {
      line: 'tidegate contract diff main:contracts/flights.odcs.yaml contracts/flights.odcs.yaml',
      does: 'what changed since main: major, minor or patch, and who is hit; exit code 3 for a breaking change that the version does not say',
    },
    {
      line: 'tidegate contract diff main:flights flights --data flights',
      does: 'the same of a dataset by its name, with its newest version having a say',
    },
  ],
  run: async ({ invocation, words: [before = '', after = ''] }) => {
    const { terminal, json } = invocation;
    const found = await differenceOf(invocation, before, after);
    if (json) terminal.json(found);
    for (const line of contractDiffLines(found, terminal)) terminal.line(line);
    return exitOfVerdict(found.isDeclared ? 'pass' : 'fail');
  },
};

async function differenceOf(
  invocation: Invocation,
  before: string,
  after: string,
): Promise<ContractDiff & { readonly hit: HitByChange | null }> {
  const { cwd, text, texts, signal } = invocation;
  if (before === '' || after === '')
    throw failure('TG-CLI-USAGE', 'Cannot compare data contracts: two are needed', 'Name the old one and the new one');
  const data = texts('data');
  const object = text('object') ?? null;
  const request = {
    before,
    after,
    folder: cwd,
    now: momentOf('as-of', text('as-of')) ?? Date.now(),
    signal,
  };
  if ((await findProjectRoot(cwd)) === null)
    return { ...(await diffContractFiles({ ...request, data: data.length === 0 ? [] : [{ patterns: data, object }] })), hit: null };
  using project = await openHere(invocation);
  return await diffProjectContracts(project, { ...request, data, object });
}
