import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, type TestContext } from 'node:test';
import type { Event, RunRecord, StepRecord } from '@tidegate/formats';
import { parseProject } from '../config/index.ts';
import { createEngine } from '../pipeline/index.ts';
import { type Platform, systemPlatform } from '../platform/index.ts';
import { findHome, folderObjectStore, type ObjectStore, openState } from '../store/index.ts';
import { openSecrets } from '../secrets/index.ts';
import { commandKind } from './command-kind.ts';
import { commandNodes, testCommandNodes } from './command-nodes.ts';
import { openPrograms } from './program-identity.ts';
import { openRLibraries } from './r-libraries.ts';
import { goldenKind } from './golden/golden-kind.ts';
import { goldenNodes } from './golden/golden-nodes.ts';
import { tableTestNodes } from './table/table-test-nodes.ts';
import { tableTestsKind } from './table/table-tests-kind.ts';
import { testCommandKind } from './test-command-kind.ts';
import { openVirtualEnvironments } from './virtual-environments.ts';

/** What the interpreter said of itself, for all projects of a test run: asking costs more than most of these tests. */
const environments = mkdtempSync(join(tmpdir(), 'tidegate-environments-'));
after(() => rmSync(environments, { recursive: true }));

/** A project with commands in a temporary folder, run by the real engine. */
export interface CommandRig {
  readonly root: string;
  /** What the project and its home, `home`, lie in. */
  readonly folder: string;
  readonly store: ObjectStore;
  /** Runs everything that the `tidegate.yaml` with these lines declares. */
  readonly run: (
    yaml: string,
    options?: { readonly signal?: AbortSignal; readonly onOutput?: (line: string) => void; readonly nodesOf?: typeof commandNodes },
  ) => Promise<RunRecord>;
  /** Steps of all runs in the order in which they came to their end. */
  readonly finished: readonly string[];
  /** How often a step was begun. */
  readonly attempts: () => number;
  /** What was told of traced steps. */
  readonly undeclared: readonly (readonly string[])[];
  /** What runs said of steps that have no sandbox. */
  readonly notIsolated: readonly string[];
  /** Packages that runs said nobody could check. */
  readonly unchecked: readonly (readonly string[])[];
  /** As `run`, and gives the record of the last step. */
  readonly step: (yaml: string) => Promise<StepRecord>;
}

export function commandRig(
  t: TestContext,
  files: { readonly [path: string]: string },
  variables: Platform['variables'] = systemPlatform.variables,
  clock: Platform['clock'] = systemPlatform.clock,
): CommandRig {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-commands-'));
  const root = join(folder, 'project');
  mkdirSync(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
  }
  const platform: Platform = { ...systemPlatform, variables, clock };
  const home = findHome({ ...platform, variables: { TIDEGATE_HOME: join(folder, 'home') } });
  const store = folderObjectStore(home.objects);
  const state = openState(home.state);
  t.after(() => {
    state[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  const finished: string[] = [];
  let attempts = 0;
  const undeclared: (readonly string[])[] = [];
  const notIsolated: string[] = [];
  const unchecked: (readonly string[])[] = [];
  const run: CommandRig['run'] = async (yaml, { signal = new AbortController().signal, onOutput, nodesOf = commandNodes } = {}) => {
    const { config } = parseProject(`version: 1\n${yaml}`, root);
    const { requirements, interpreter } = config.python;
    const deps = {
      virtualEnvironments: openVirtualEnvironments({ folder: environments, platform, root: '/' }),
      libraries: openRLibraries({ folder: environments, platform }),
      r: config.r && { ...config.r, lock: config.r.lock === null ? null : join(root, config.r.lock) },
      programs: openPrograms({ memory: environments, platform, root }),
      python: { requirements: requirements === null ? null : join(root, requirements), interpreter },
      root,
    };
    const kinds = [commandKind(deps), tableTestsKind(deps), goldenKind(deps), testCommandKind({ ...deps, clock: platform.clock })];
    const engine = createEngine({
      store,
      state,
      remote: null,
      zone: 'main',
      home,
      platform,
      kinds,
      secrets: openSecrets({ home, platform, root }),
      placeOfInput: () => null,
      project: { name: 'rig', root },
    });
    const emit = (event: Event): void => {
      if (event.kind === 'step-finished') finished.push(event.record.step);
      if (event.kind === 'step-started') attempts += 1;
      if (event.kind === 'undeclared-reads') undeclared.push(event.paths);
      if (event.kind === 'not-isolated') notIsolated.push(event.why);
      if (event.kind === 'unchecked-packages') unchecked.push(event.packages);
      if (event.kind === 'step-output') onOutput?.(event.text);
    };
    const nodes = [
      ...nodesOf(config, root),
      ...testCommandNodes(config, root),
      ...tableTestNodes(config, root),
      ...goldenNodes(config, root),
    ];
    return engine.run(nodes, { goal: 'gate', commit: null, dirty: true, branch: null, subject: null, cpus: 2, signal, emit });
  };

  const step: CommandRig['step'] = async (yaml) => {
    const last = (await run(yaml)).steps.at(-1);
    if (last === undefined) throw new Error('The run has no step');
    return last;
  };
  return { root, folder, store, run, step, notIsolated, unchecked, undeclared, finished, attempts: () => attempts };
}
