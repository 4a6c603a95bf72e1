import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Graph, leaf, source } from './graph.ts';
import type { Installed, Peer } from './peer.ts';
import { treeUsage, type Usage, type UsageOptions } from './usage.ts';

/** A graph as one tool sees it, in a Git repository of its own. */
export interface MeasuredProject {
  readonly run: (more?: Pick<UsageOptions, 'killAfterSeconds'>) => Promise<Usage>;
  readonly touchSource: () => void;
  /** Changes a comment: what the root step makes stays the same. */
  readonly changeComment: () => void;
  readonly changeLeaf: () => void;
  readonly deleteOutputs: () => void;
  /** Outputs that are not there or not right. */
  readonly wrongOutputs: () => number;
  readonly steps: number;
}

export function makeProject(
  folder: string,
  { peer, installed, graph }: { peer: Peer; installed: Installed; graph: Graph },
): MeasuredProject {
  const env = { ...process.env, ...installed.variables(folder) };
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'out'), { recursive: true });
  for (const [name, text] of Object.entries({ ...graph.files, '.gitignore': 'out/\n', ...peer.describe(graph) })) write(name, text);
  const git = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com'];
  execFileSync('git', ['init', '-q'], { cwd: folder });
  for (const [program = '', ...argv] of installed.prepare ?? []) execFileSync(program, argv, { cwd: folder, env });
  execFileSync('git', ['add', '.'], { cwd: folder });
  execFileSync('git', [...git, 'commit', '-qm', 'Bench'], { cwd: folder });
  let count = 0;
  return {
    run: (more = {}) => treeUsage(installed.argv, { cwd: folder, env, ...more, ...(peer.began !== undefined && { began: peer.began }) }),
    touchSource: () => {
      const now = new Date();
      utimesSync(join(folder, source), now, now);
    },
    changeComment: () => write(source, `# another comment, ${++count}\na small file\n`),
    changeLeaf: () => write(leaf, `a leaf, ${++count}\n`),
    deleteOutputs: () => {
      rmSync(join(folder, 'out'), { recursive: true });
      mkdirSync(join(folder, 'out'));
    },
    steps: graph.steps.length,
    wrongOutputs: () => graph.steps.filter(({ output }) => textAt(join(folder, output)) !== 'a small file\n').length,
  };
}

function textAt(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
