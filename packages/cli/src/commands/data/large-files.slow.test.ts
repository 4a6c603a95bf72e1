import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { tidegateProgram } from '../../../../runtime/src/test-program.ts';

/** The temporary folder of a disk: that of the tests may be memory (Filesystem Hierarchy Standard, "/var/tmp"). */
const disk = '/var/tmp';
const mb = 1 << 20;
/** More than a signed number of 32 bits. */
const size = 2_200 * mb + 12_345;
const neededBytes = 5 * size;

/** A file most of which takes no room, with random bytes every 64 MiB and around 2 GiB. */
function writeLarge(path: string): void {
  const file = openSync(path, 'w');
  const bytes = Buffer.alloc(6 * mb);
  ftruncateSync(file, size);
  for (let at = 0; at < size; at += 64 * mb) writeSync(file, randomFillSync(bytes), 0, Math.min(bytes.length, size - at), at);
  writeSync(file, randomFillSync(bytes), 0, 5_000, 2 ** 31 - 2_500);
  closeSync(file);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: mb })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** What files below a folder take on the disk, each once however many names it has. */
function roomOf(...folders: readonly string[]): number {
  const room = new Map<number, number>();
  for (const folder of folders)
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const { ino, blocks } = statSync(join(entry.parentPath, entry.name));
        room.set(ino, blocks * 512);
      }
  return [...room.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Has a process say at its end how much memory it had at most, in KiB. */
const telling = `--import=data:text/javascript,${encodeURIComponent(`process.on('exit',()=>process._rawDebug('max-rss '+process.resourceUsage().maxRSS))`)}`;

test('a file of more than 2 GiB is added, shared, fetched and placed in little memory, and with --link it lies on the disk once', async (t) => {
  const free = statfsSync(disk);
  if (free.bavail * free.bsize < neededBytes) return t.skip(`there is too little room on ${disk}`);
  const folder = mkdtempSync(join(disk, 'tidegate-large-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const call = (who: string, ...words: readonly string[]): { readonly text: string; readonly mib: number } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [tidegateProgram, ...words], {
      cwd: join(folder, who, 'project'),
      env: { ...process.env, TIDEGATE_HOME: join(folder, who, 'home'), NODE_OPTIONS: telling },
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
    return { text: stdout + stderr, mib: Number(/max-rss (\d+)/.exec(stderr)?.[1]) / 1024 };
  };
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const yaml = `version: 1\nremote: { folder: ${join(folder, 'remote')} }\ndata: { large: { from: { files: large.bin } } }\n`;
  write('one/project/tidegate.yaml', yaml);
  const file = join(folder, 'one/project/large.bin');
  writeLarge(file);
  const wanted = await sha256(file);
  const memory: { [verb: string]: number } = {};

  memory['add'] = call('one', 'data', 'add').mib;
  memory['status'] = call('one', 'data', 'status').mib;
  memory['commit'] = call('one', 'data', 'commit').mib;
  memory['push'] = call('one', 'data', 'push').mib;
  memory['link'] = call('one', 'data', 'checkout', 'large', '--link').mib;

  assert.ok(roomOf(join(folder, 'one')) < size + 20 * mb, 'the file and its version are one');
  assert.equal(await sha256(file), wanted);
  assert.match(call('one', 'data', 'status').text, /nothing changed/);
  write('two/project/tidegate.yaml', yaml);
  spawnSync('cp', [join(folder, 'one/project/tidegate.lock'), join(folder, 'two/project')]);
  rmSync(join(folder, 'one'), { recursive: true });
  memory['pull'] = call('two', 'data', 'pull').mib;
  assert.equal(await sha256(join(folder, 'two/project/large.bin')), wanted);
  memory['verify'] = call('two', 'data', 'verify').mib;
  t.diagnostic(JSON.stringify(memory));
  for (const [verb, mib] of Object.entries(memory)) assert.ok(mib < 700, `${verb} took ${mib} MiB`);
});
