import { setTimeout as wait } from 'node:timers/promises';
import { failure } from '@tidegate/formats';
import { stepKindConformance, type StepKindSituation } from './step-kind.conformance.ts';
import type { StepContext, StepKind, StepNode } from './step-kind.ts';
import { joinKind, shellKind } from './test-kinds.ts';
import { step } from './test-project.ts';

const artifacts: StepKindSituation['artifacts'] = async (store) => ({
  'steps.b/out': { kind: 'file', files: 1, ...(await store.putBytes('B')) },
});

/** Joins, unless the setting `do` says something else. */
function scriptedKind(): StepKind {
  return joinKind([], async ({ node, signal }: StepContext) => {
    if (node.settings['do'] === 'fail') throw failure('TG-PIPELINE-OUTPUT-MISSING', 'Cannot go on: it was told so', null);
    if (node.settings['do'] === 'wait') await wait(3_600_000, undefined, { signal });
    return {};
  });
}

const joining = (doing: string): StepNode => step('a', { in: ['a.txt', 'steps.b/out'], settings: { do: doing } });

stepKindConformance('scriptable', () => ({
  kind: scriptedKind,
  works: { node: joining('join'), files: { 'a.txt': 'A' }, artifacts },
  changed: { node: joining('join'), files: { 'a.txt': 'other' }, artifacts },
  broken: { node: joining('fail'), files: { 'a.txt': 'A' }, artifacts, code: 'TG-PIPELINE-OUTPUT-MISSING' },
  endless: { node: joining('wait'), files: { 'a.txt': 'A' }, artifacts },
}));

const shell = (run: string): StepNode => step('a', { kind: 'shell', in: ['a.txt'], settings: { run } });

stepKindConformance('shell', () => ({
  kind: () => shellKind(),
  works: { node: shell('cat a.txt > made/a.txt'), files: { 'a.txt': 'A' } },
  changed: { node: shell('cat a.txt > made/a.txt'), files: { 'a.txt': 'other' } },
  broken: { node: shell('exit 3'), files: { 'a.txt': 'A' }, code: 'TG-COMMANDS-FAILED' },
  endless: { node: shell('sleep 3600'), files: { 'a.txt': 'A' } },
}));
