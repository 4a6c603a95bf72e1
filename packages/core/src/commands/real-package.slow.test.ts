import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Platform, systemPlatform } from '../platform/index.ts';
import { openVirtualEnvironments } from './virtual-environments.ts';

const building = { signal: new AbortController().signal, progress: (): void => undefined };

test('a real package is installed from the registry by its hash, and nothing else stays', { timeout: 180_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-real-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const lock = (text: string): string => {
    writeFileSync(join(folder, 'requirements.txt'), text);
    return join(folder, 'requirements.txt');
  };
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  // without `uv`, whether or not the machine has one: the way every Python has
  const platform: Platform = { ...systemPlatform, variables: { ...systemPlatform.variables, PATH: '/nowhere', HOME: folder } };
  const made = openVirtualEnvironments({ folder: join(folder, 'environments'), platform });
  const hash = 'sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274';
  const told: string[] = [];

  try {
    const built = await made.ensure(
      { requirements: lock(`six==1.17.0 --hash=${hash}\n`), interpreter: python },
      { signal: building.signal, progress: (doing) => void told.push(doing) },
    );
    const installed = execFileSync(
      built,
      ['-c', 'import six, importlib.metadata; print(six.__version__, [d.name for d in importlib.metadata.distributions()])'],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(installed.trim(), "1.17.0 ['six']");
    assert.ok(
      told.some((doing) => doing.startsWith('Installing collected packages')),
      told.join('; '),
    );
  } catch (error) {
    if (!/No package registry can be reached/.test(JSON.stringify((error as { diagnostics?: unknown }).diagnostics ?? ''))) throw error;
    t.skip('no package registry can be reached');
    return;
  }

  await assert.rejects(
    made.ensure({ requirements: lock(`six==1.17.0 --hash=${hash.replace('4721', '0000')}\n`), interpreter: python }, building),
    (error: Error) =>
      /TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED/.test(error.message) && /not the one that was locked/.test(JSON.stringify(error)),
  );
});
