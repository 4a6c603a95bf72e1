import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { MonitoringFile } from './monitoring-files.ts';

/** What promtool said: its exit code, and its errors, which are empty when that is 0. */
interface Answer {
  readonly status: number | null;
  readonly errors: string;
}

const program = 'promtool';

/** Puts the files into a temporary folder. @returns what runs promtool there */
export function promtool(t: TestContext, files: readonly MonitoringFile[]): (...argv: readonly string[]) => Answer {
  const cwd = mkdtempSync(join(tmpdir(), 'tidegate-promtool-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  for (const { name, text } of files) writeFileSync(join(cwd, name), text);
  return (...argv) => {
    const { status, stdout, stderr, error } = spawnSync(program, argv, { cwd, encoding: 'utf8' });
    return { status, errors: status === 0 ? '' : `${error?.message ?? ''}${stdout}${stderr}` };
  };
}
