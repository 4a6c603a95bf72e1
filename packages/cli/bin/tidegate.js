#!/usr/bin/env node
// Starts Tidegate with a Node that can run it: this one when it is new enough, else the one that npm installed beside it.
import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import { dirname, join } from 'node:path';
import { runWith } from './other-node.js';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major >= 24) {
  modules.enableCompileCache?.();
  // What a large project is read into is short-lived: a young generation that does not grow takes a third off the memory, and no time
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
  const source = new URL('../src/main.ts', import.meta.url);
  await import(existsSync(source) ? source.href : new URL('../dist/main.js', import.meta.url).href);
} else {
  const node = installedNode();
  if (node === null) {
    console.error(
      `tidegate: Cannot start: Node 24 or newer is needed, this is ${process.versions.node}\n  Install it, or run: npm install node-${process.platform}-${process.arch}@24`,
    );
    process.exit(2);
  }
  runWith(node, process.argv.slice(1));
}

/** The `node` of the optional dependency for this platform, or null when npm installed none. */
function installedNode() {
  const require = modules.createRequire(import.meta.url);
  for (const name of [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`]) {
    try {
      const path = join(dirname(require.resolve(`${name}/package.json`)), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
      if (existsSync(path)) return path;
    } catch {
      // not installed: try the next name
    }
  }
  return null;
}
