import {
  mergeDataset,
  type MergedDataset,
  type PinToMerge,
  pinsToMerge,
  placeDataset,
  settlePin,
  type Side,
  versionToMerge,
} from '@tidegate/core';
import { failure, shortDigest } from '@tidegate/formats';
import { dataConflictLines, settlingLine } from '../../hooks/data-conflict-lines.ts';
import { fileProgress } from '../../render/file-progress.ts';
import { whole } from '../../render/figures.ts';
import { runView } from '../../render/run-view.ts';
import { counted } from '../../render/words.ts';
import type { VerbCall } from '../../by-verb.ts';
import type { Verb } from '../../verb.ts';
import { datasetName } from './dataset-name.ts';
import { dryRunOption } from './options.ts';

export const merge: Verb = {
  usage: 'merge [NAME…] [--from VERSION] [--base VERSION] [--prefer SIDE] [--dry-run]',
  options: {
    from: {
      type: 'string',
      value: 'VERSION',
      help: 'With "merge": the version to merge into the pinned one (default: that of the merge of Git\'s that is under way)',
    },
    base: {
      type: 'string',
      value: 'VERSION',
      help: 'With "merge": the version that both come from (default: that of the commit where both branches part)',
    },
    prefer: {
      type: 'string',
      value: 'SIDE',
      help: 'With "merge": where both changed the same file or value, take that of "ours" or "theirs"',
    },
    'dry-run': dryRunOption,
  },
  examples: [
    {
      line: 'tidegate data merge houses',
      does: 'settles the conflict over its pin in tidegate.lock: one version with the changes of both',
    },
    {
      line: 'tidegate data merge houses --from more-houses',
      does: 'merges the version that a branch pins into the one that is pinned here',
    },
  ],
  run: async (call) => {
    const { invocation, project } = call;
    const { terminal, json, text, flag } = invocation;
    const prefer = sideOf(text('prefer'));
    const from = [...wordsOf('from', text('from')), ...wordsOf('base', text('base'))];
    const pins = await wanted(call);
    const outcomes: MergedDataset[] = [];
    for (const { dataset, ...versions } of pins) {
      const view = { signal: invocation.signal, emit: runView(terminal, { verbose: false }) };
      const merged = await mergeDataset(project, dataset, { ...versions, prefer, fetches: true, dryRun: flag('dry-run'), ...view });
      outcomes.push(merged);
      if (merged.kind === 'conflict') {
        terminal.line(`data.${dataset} cannot be merged by itself:`);
        for (const line of dataConflictLines(merged)) terminal.line(line);
        terminal.line(`${settlingLine(merged, from)}.`);
        continue;
      }
      if (merged.kind === 'mergeable') {
        const what = merged.version === null ? 'a new version' : `version ${shortDigest(merged.version)}`;
        terminal.line(`data.${dataset}: would be merged to ${what}, ${counted(merged.files, 'file')}.`);
        continue;
      }
      const { version, files, rows } = merged;
      const what = `version ${shortDigest(version)}, ${counted(files, 'file')}${rows === 0 ? '' : `, ${whole(rows)} rows`}`;
      terminal.line(`data.${dataset}: merged to ${what}.`);
    }
    if (!flag('dry-run')) await settle(call, outcomes, pins);
    if (json) terminal.json(outcomes);
    return outcomes.some(({ kind }) => kind === 'conflict') ? 1 : 0;
  },
};

async function wanted({ project, words, invocation: { text } }: VerbCall): Promise<readonly PinToMerge[]> {
  const names = words.map((word) => datasetName([word]));
  const [from, base = null] = [text('from'), text('base')];
  if (from === undefined && base === null) return pinsToMerge(project, names);
  const [name, ...more] = names;
  if (from !== undefined && name !== undefined && more.length === 0) return [await versionToMerge(project, name, { from, base })];
  throw failure(
    'TG-CLI-USAGE',
    from === undefined ? 'Cannot merge with a base alone' : 'Cannot merge a version into several datasets',
    'Name one dataset, and the version to merge into it: tidegate data merge NAME --from VERSION',
  );
}

/** Pins what was merged. Its files are placed once the lock is in no conflict any more: before that, nothing else can be told from it. */
async function settle({ project, invocation }: VerbCall, outcomes: readonly MergedDataset[], pins: readonly PinToMerge[]): Promise<void> {
  const { terminal, signal } = invocation;
  const merged = outcomes.filter((outcome) => outcome.kind === 'merged');
  let isWhole = true;
  for (const { dataset, version } of merged) isWhole = await settlePin(project, dataset, version);
  if (merged.length === 0) return;
  if (!isWhole) {
    terminal.line(
      'tidegate.lock is in conflict over other pins still. When those are settled, "tidegate data checkout NAME" places the files.',
    );
    return;
  }
  for (const { dataset, version } of merged) {
    const before = pins.find((one) => one.dataset === dataset)?.ours ?? null;
    const onProgress = fileProgress(terminal, `data.${dataset}`);
    const { written, removed } = await placeDataset(project, dataset, { version, before, force: false, signal, onProgress });
    terminal.line(`data.${dataset}: ${counted(written.length, 'file')} written, ${removed.length} removed.`);
  }
  terminal.line('Then run: git add tidegate.lock');
}

function wordsOf(option: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [`--${option}`, value];
}

function sideOf(word: string | undefined): Side | null {
  if (word === undefined || word === 'ours' || word === 'theirs') return word ?? null;
  throw failure('TG-CLI-USAGE', `Cannot prefer "${word}": there are two sides`, 'Write "--prefer ours" or "--prefer theirs"');
}
