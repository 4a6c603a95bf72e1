import { join } from 'node:path';
import { stepName } from '@tidegate/formats';
import type { StepNode } from '../pipeline/index.ts';
import { type StepKindHarness, type StepKindSituation, stepKindConformance } from '../pipeline/step-kind.conformance.ts';
import { systemPlatform } from '../platform/index.ts';
import { commandKind } from './command-kind.ts';
import { openPrograms } from './program-identity.ts';
import { openRLibraries } from './r-libraries.ts';
import type { CommandDeps } from './step-process.ts';
import { testCommandKind } from './test-command-kind.ts';
import { openVirtualEnvironments } from './virtual-environments.ts';

type Parts = Parameters<StepKindHarness['kind']>[0];

function depsOf({ home, project }: Parts): CommandDeps {
  return {
    virtualEnvironments: openVirtualEnvironments({ folder: join(home.root, 'virtual-environments'), platform: systemPlatform, root: '/' }),
    libraries: openRLibraries({ folder: join(home.root, 'virtual-environments'), platform: systemPlatform }),
    r: null,
    programs: openPrograms({ memory: join(home.root, 'virtual-environments'), platform: systemPlatform, root: project.root }),
    python: { requirements: null, interpreter: 'python3' },
    root: project.root,
  };
}

const reads: StepNode['inputs'] = [{ from: 'project', pattern: 'a.txt', required: true }];

function stepThat(run: string, content = 'A'): StepKindSituation {
  const outputs = [{ name: 'made', path: 'made/b.txt', publish: true }];
  const node: StepNode = {
    name: stepName('steps.make'),
    kind: 'command',
    inputs: reads,
    outputs,
    variables: {},
    cpus: 1,
    settings: { run: ['sh', '-c', run] },
  };
  return { node, files: { 'a.txt': content } };
}

stepKindConformance('command', () => ({
  kind: (parts) => commandKind(depsOf(parts)),
  works: stepThat('cat a.txt > made/b.txt; echo done; echo more > left-over.txt'),
  changed: stepThat('cat a.txt > made/b.txt; echo done; echo more > left-over.txt', 'B'),
  broken: { ...stepThat('exit 3'), code: 'TG-COMMANDS-FAILED' },
  endless: stepThat('sleep 3600'),
}));

function suiteThat(run: readonly string[], content = 'A'): StepKindSituation {
  const outputs = [{ name: 'report', path: null, publish: false }];
  const node: StepNode = {
    name: stepName('tests.unit'),
    kind: 'test-command',
    inputs: reads,
    outputs,
    variables: {},
    cpus: 1,
    settings: { run },
  };
  return { node, files: { 'a.txt': content } };
}

stepKindConformance('test command', () => ({
  kind: (parts) => testCommandKind({ ...depsOf(parts), clock: systemPlatform.clock }),
  works: suiteThat(['grep', '-q', '.', 'a.txt']),
  changed: suiteThat(['grep', '-q', '.', 'a.txt'], 'B'),
  // tests that fail are a result; a program that is not there is none
  broken: { ...suiteThat(['no-such-program']), code: 'TG-COMMANDS-NO-PROGRAM' },
  endless: suiteThat(['sleep', '3600']),
  timed: ['report'],
}));
