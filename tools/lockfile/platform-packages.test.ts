import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { missingPlatformPackages, type Lockfile } from './platform-packages.ts';

const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as Lockfile;

test('the lock lists the packages for every system, so that a locked install works from any registry', () => {
  assert.deepEqual(missingPlatformPackages(lock), {}, 'run: node tools/lockfile/main.ts');
});

test('the lock names no registry', () => {
  const fetched = Object.values(lock.packages).filter((entry) => /^\w+:/u.test(entry.resolved ?? ''));
  assert.deepEqual(fetched, []);
});

test('an optional package left out gets its system, processor and C library', () => {
  const tool = { version: '1.2.3', optionalDependencies: { '@tool/binding-linux-x64-musl': '1.2.3', '@tool/darwin-arm64': '1.2.3' } };
  assert.deepEqual(missingPlatformPackages({ packages: { 'node_modules/tool': tool } }), {
    'node_modules/@tool/binding-linux-x64-musl': { version: '1.2.3', cpu: ['x64'], libc: ['musl'], optional: true, os: ['linux'] },
    'node_modules/@tool/darwin-arm64': { version: '1.2.3', cpu: ['arm64'], optional: true, os: ['darwin'] },
  });
  assert.throws(() => missingPlatformPackages({ packages: { tool: { optionalDependencies: { left: '1.0.0' } } } }), /No system is named/u);
});
