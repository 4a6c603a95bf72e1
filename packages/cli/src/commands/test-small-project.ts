import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { RunRecord } from '@tidegate/formats';
import { callCommandLine, type Printed } from '../test-command-line.ts';

export interface Small {
  readonly call: (...words: readonly string[]) => Promise<Printed>;
  /** Runs with these words; what became of each step, as `a: done`. */
  readonly run: (...words: readonly string[]) => Promise<readonly string[]>;
  readonly write: (path: string, text: string) => void;
  readonly path: (name: string) => string;
}

/** a → b → c, and d beside them; every step copies one file. */
export function smallProject(t: TestContext): Small {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cli-run-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cwd = join(folder, 'project');
  mkdirSync(cwd);
  const path = (name: string): string => join(cwd, name);
  const write = (name: string, text: string): void => writeFileSync(path(name), text);
  write('in.txt', 'one\n');
  write('d.txt', 'one\n');
  write(
    'tidegate.yaml',
    `version: 1
sandbox: false
steps:
  a: { run: cp in.txt a.txt, out: { made: a.txt } }
  b: { run: cp a.txt b.txt, out: { made: b.txt } }
  c: { run: cp b.txt c.txt, out: { made: c.txt } }
  d: { run: cp d.txt e.txt, out: { made: e.txt } }
`,
  );
  const variables = { TIDEGATE_HOME: join(folder, 'home'), TIDEGATE_GPUS: '4,7', PATH: process.env['PATH'] };
  const call = (...words: readonly string[]): Promise<Printed> => callCommandLine(words, { cwd, variables });
  return {
    call,
    write,
    path,
    run: async (...words) => {
      const { stdout } = await call('run', ...words, '--json');
      const { run } = JSON.parse(stdout) as { readonly run: RunRecord };
      return run.steps.map(({ step, status }) => `${step.replace('steps.', '')}: ${status}`);
    },
  };
}
