import { dirname, join } from 'node:path';
import { type Lock, readLock } from '../../config/index.ts';
import { type FeatureDefinitions, readDefinitions } from '../../features/index.ts';
import { capture, mkdir, mkdtemp, rm, tmpdir, writeFile } from '../../platform/index.ts';
import { TidegateError } from '@tidegate/formats';

/** What the project said of its inputs at a commit. */
export interface InputsAtCommit {
  readonly lock: Lock;
  /** Null when there were none, or none that can be read. */
  readonly definitions: FeatureDefinitions | null;
}

/** Files of a folder of definitions that are looked at: more is no project of people. */
const mostFiles = 2_000;

/** Reads `tidegate.lock` and the feature definitions as a commit has them; what it has not, or what is broken there, is empty. */
export async function inputsAt(root: string, commit: string, definitions: string | null): Promise<InputsAtCommit> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-base-'));
  try {
    const paths = ['tidegate.lock', ...(definitions === null ? [] : await filesAt(root, commit, definitions))];
    for (const path of paths.slice(0, mostFiles)) await copyAt(root, commit, { path, folder });
    return {
      lock: await readLock(folder).catch(otherwise({ data: {}, features: {}, packages: {} })),
      definitions: definitions === null ? null : await readDefinitions(folder, definitions).catch(otherwise(null)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function filesAt(root: string, commit: string, folder: string): Promise<readonly string[]> {
  const { code, stdout } = await capture(['git', 'ls-tree', '-r', '-z', '--name-only', commit, '--', folder], { cwd: root });
  return code === 0 ? stdout.split('\0').filter((path) => path !== '') : [];
}

async function copyAt(root: string, commit: string, { path, folder }: { readonly path: string; readonly folder: string }): Promise<void> {
  const { code, stdout } = await capture(['git', 'show', `${commit}:./${path}`], { cwd: root });
  if (code !== 0) return;
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), stdout);
}

function otherwise<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof TidegateError) return value;
    throw error;
  };
}
