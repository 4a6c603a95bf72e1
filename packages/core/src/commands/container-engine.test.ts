import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TidegateError } from '@tidegate/formats';
import { systemPlatform } from '../platform/index.ts';
import { findContainerEngine } from './container-engine.ts';

test('podman is preferred to docker, a chosen engine to both, and without any the way out is told', async (t) => {
  const bin = mkdtempSync(join(tmpdir(), 'tidegate-engines-'));
  t.after(() => rmSync(bin, { recursive: true }));
  const found = (variables: { readonly [name: string]: string }) =>
    findContainerEngine({ ...systemPlatform, variables: { PATH: bin, ...variables } });

  await assert.rejects(found({}), ({ diagnostics: [first] }: TidegateError) => {
    assert.equal(first.code, 'TG-COMMANDS-NO-CONTAINER-ENGINE');
    return /neither podman nor docker is on PATH/.test(first.message);
  });
  for (const name of ['docker', 'podman']) writeFileSync(join(bin, name), '', { mode: 0o755 });
  assert.deepEqual(await found({}), { program: join(bin, 'podman'), isPodman: true });
  assert.deepEqual(await found({ TIDEGATE_CONTAINER_ENGINE: 'docker' }), { program: join(bin, 'docker'), isPodman: false });
});
