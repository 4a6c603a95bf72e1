import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cutFile } from '../../../packages/core/src/platform/index.ts';
import { folderObjectStore } from '../../../packages/core/src/store/objects/folder-object-store.ts';

/** Something that keeps versions of a file and shares what they have in common. */
export interface VersionStore {
  readonly name: string;
  /** Keeps the file as the next version. */
  readonly keep: (path: string) => Promise<void>;
  /** Bytes on the disk. */
  readonly bytes: () => number;
  /** SHA-256 of the newest version as it comes back. */
  readonly newest: () => Promise<string>;
}

/** The pieces alone, each once and as it is: what any cutting of bytes by content comes to without squeezing and packing. */
export function pieceCount(): VersionStore {
  const seen = new Set<string>();
  let [bytes, newest] = [0, ''];
  return {
    name: 'pieces alone',
    keep: async (path) => {
      for await (const piece of cutFile(path))
        if (!seen.has(piece.digest)) {
          seen.add(piece.digest);
          bytes += piece.bytes;
        }
      newest = path;
    },
    bytes: () => bytes,
    newest: () => sha256(newest),
  };
}

export function tidegate(folder: string): VersionStore {
  const root = join(folder, 'objects');
  let newest: Awaited<ReturnType<ReturnType<typeof folderObjectStore>['putFile']>> | null = null;
  return {
    name: 'tidegate',
    keep: async (path) => {
      using store = folderObjectStore(root);
      newest = await store.putFile(path);
      await store.freeze([newest.digest]);
    },
    bytes: () => bytesBelow(root),
    newest: async () => {
      using store = folderObjectStore(root);
      if (newest === null) return '';
      const digest = await sha256(await store.pathOf(newest.digest));
      await store.freeze([newest.digest]);
      return digest;
    },
  };
}

export function restic(folder: string): VersionStore {
  const env = { ...process.env, RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: join(folder, 'cache') };
  const repository = join(folder, 'repository');
  const call = (...words: readonly string[]): Buffer => run(['restic', '--quiet', '--repo', repository, ...words], env);
  call('init', '--repository-version', '2');
  return {
    name: 'restic 0.14',
    keep: async (path) => void call('backup', '--force', path),
    bytes: () => bytesBelow(repository),
    newest: async () => {
      const [found = ''] = call('ls', 'latest')
        .toString()
        .split('\n')
        .filter((line) => line.endsWith('.parquet'));
      return createHash('sha256')
        .update(call('dump', 'latest', found))
        .digest('hex');
    },
  };
}

export function borg(folder: string): VersionStore {
  const env = { ...process.env, BORG_BASE_DIR: join(folder, 'base'), BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes' };
  const repository = join(folder, 'repository');
  mkdirSync(join(folder, 'base'), { recursive: true });
  run(['borg', 'init', '--encryption', 'none', repository], env);
  let count = 0;
  return {
    name: 'borg 1.2',
    keep: async (path) => void run(['borg', 'create', '--compression', 'lz4', `${repository}::v${(count += 1)}`, path], env),
    bytes: () => bytesBelow(repository),
    newest: async () =>
      createHash('sha256')
        .update(run(['borg', 'extract', '--stdout', `${repository}::v${count}`], env))
        .digest('hex'),
  };
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

function run([program = '', ...words]: readonly string[], env: NodeJS.ProcessEnv): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, words, { env, maxBuffer: 2 ** 31 });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${error?.message ?? stderr.toString()}`);
  return stdout;
}

function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
