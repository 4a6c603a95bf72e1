import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Place } from './s3-place.ts';

/** A real S3 server, versitygw, which checks signatures, on a free port of loopback. */
export interface S3Server extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** The folder in which buckets are folders and objects files. */
  readonly folder: string;
  /** Makes an empty bucket, which may keep the versions of its objects. @returns where it is, with the right keys */
  readonly makeBucket: (options?: { readonly keepsVersions?: boolean }) => Promise<S3Place>;
}

/** The program: `TIDEGATE_VERSITYGW`, `versitygw` on PATH, or one that was built into the user's cache; null when there is none. */
function findServer(): string | null {
  const named = process.env['TIDEGATE_VERSITYGW'];
  const cache = process.env['TIDEGATE_CI_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate-ci');
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(cache, 'bin')];
  const paths = [...(named === undefined ? [] : [named]), ...folders.map((folder) => join(folder, 'versitygw'))];
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Why a test with S3 is skipped, or null; with `TIDEGATE_REQUIRE_SERVICES=1` it never is. */
export function skipWithoutS3(): string | null {
  if (process.env['TIDEGATE_REQUIRE_SERVICES'] === '1' || findServer() !== null) return null;
  return 'there is no versitygw on this machine: name one in TIDEGATE_VERSITYGW';
}

/** Starts a server in a temporary folder, which goes with it. */
export async function startS3Server(): Promise<S3Server> {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-s3-'));
  const folder = join(root, 'buckets');
  for (const name of ['buckets', 'versions']) mkdirSync(join(root, name));
  const keys = { accessKey: 'tidegate-test', secretKey: `secret-${process.pid}-${Date.now()}` };
  const [port, region] = [await freePort(), 'eu-test-1'];
  const argv = ['--port', `127.0.0.1:${port}`, '--region', region, '--quiet', 'posix', '--versioning-dir', join(root, 'versions'), folder];
  const child = spawn(findServer() ?? 'versitygw', argv, {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: root, ROOT_ACCESS_KEY: keys.accessKey, ROOT_SECRET_KEY: keys.secretKey },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  ended.catch(() => undefined);
  const endpoint = `http://127.0.0.1:${port}`;
  while ((await fetch(endpoint).catch(() => null)) === null) {
    if (child.exitCode !== null) throw new Error(`versitygw ended with ${child.exitCode}`);
    await delay(20);
  }
  let buckets = 0;
  return {
    endpoint,
    region,
    folder,
    ...keys,
    makeBucket: async ({ keepsVersions = false } = {}) => {
      const bucket = `bucket-${(buckets += 1)}`;
      const client = new S3Client({
        region,
        endpoint,
        forcePathStyle: true,
        credentials: { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey },
      });
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      if (keepsVersions)
        await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }));
      client.destroy();
      const own = { ...keys, sessionToken: null };
      return { bucket, prefix: '', region, endpoint, pathStyle: null, profile: null, keys: async () => own };
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await Promise.race([ended, delay(5_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'))]);
      await ended;
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A port of loopback at which nothing listens. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
