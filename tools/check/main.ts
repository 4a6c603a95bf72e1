import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

/** Everything that needs no test to be seen: types, lint, format and dead code. The architecture is a test. */
const root = resolve(import.meta.dirname, '../..');

const checks = [
  { name: 'types', argv: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'lint', argv: ['oxlint', '--type-aware', '--quiet', '.'] },
  { name: 'format', argv: ['prettier', '--log-level', 'warn', '--cache', '--check', '.'] },
  { name: 'dead code', argv: ['knip', '--no-progress', '--no-config-hints'] },
];

const results = [];
for (const check of checks) results.push(await run(check.name, check.argv));
process.exitCode = results.every((passed) => passed) ? 0 : 1;

async function run(name: string, argv: readonly string[]): Promise<boolean> {
  const [program = '', ...rest] = argv;
  const start = performance.now();
  const child = spawn(join(root, 'node_modules/.bin', program), rest, { cwd: root });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((done) => child.once('close', done));
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}
