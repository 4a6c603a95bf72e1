import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { callCommandLine, type Printed } from '../packages/cli/src/test-command-line.ts';
import { smallDisk, withoutMounts } from './rig/small-disk.ts';

const yaml = `version: 1
project: full
data:
  images: { from: { files: data/images } }
  people: { from: { files: data/people.csv }, table: { key: id } }
`;

interface Stage {
  readonly folder: string;
  readonly project: string;
  readonly home: string;
  readonly remote: string;
  /** Another clone of the project, with another home. */
  readonly clone: Place;
  readonly here: Place;
}

interface Place {
  readonly root: string;
  readonly home: string;
  readonly call: (line: string) => Promise<Printed>;
}

/** Bytes that nothing makes shorter, the same each time. */
function noise(seed: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at * 32 < length; at += 1) parts.push(createHash('sha256').update(`${seed} ${at}`).digest());
  return Buffer.concat(parts).subarray(0, length);
}

function layOut(): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-full-data-'));
  const [project, home, remote] = ['project', 'home', 'remote'].map((name) => join(folder, name)) as [string, string, string];
  mkdirSync(join(project, 'data/images/deep'), { recursive: true });
  writeFileSync(join(project, 'tidegate.yaml'), `${yaml}remote: { folder: ${remote} }\n`);
  writeFileSync(join(project, '.gitignore'), 'data/\ntables/\nbuild/\n');
  for (let index = 0; index < 30; index += 1) writeFileSync(join(project, `data/images/deep/${index}.bin`), noise(`${index}`, 4_000));
  writeFileSync(join(project, 'data/images/large.bin'), noise('large', 700_000));
  const rows = Array.from({ length: 4_000 }, (_, id) => `${id},${noise(String(id), 24).toString('hex')}`);
  writeFileSync(join(project, 'data/people.csv'), `id,note\n${rows.join('\n')}\n`);
  const git = (...words: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@t', ...words], { cwd: project });
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Start');
  const placeAt = (root: string, own: string): Place => ({
    root,
    home: own,
    call: (line) => callCommandLine(line.split(' '), { cwd: root, variables: { PATH: process.env['PATH'], TIDEGATE_HOME: own } }),
  });
  return { folder, project, home, remote, here: placeAt(project, home), clone: placeAt(join(folder, 'clone'), join(folder, 'clone-home')) };
}

/** After the disks are taken away: registered last, for hooks run in order. */
function removeAfter(t: TestContext, { folder }: Stage): void {
  t.after(() => rmSync(folder, { recursive: true, force: true }));
}

/** Said with a code of ours, without a stack trace, and nobody is asked to report it. */
function assertSaid({ code, stdout, stderr }: Printed, where: string): void {
  const said = `${stdout}\n${stderr}`;
  assert.equal(code, 1, `${where}: ${said}`);
  assert.match(said, /TG-[A-Z-]+/, where);
  assert.match(said, /no space is left|ENOSPC|No space left/i, where);
  assert.doesNotMatch(said, /please report|^ {4}at .+:\d+:\d+\)?$/m, where);
}

async function sound(place: Place, line: string): Promise<string> {
  const { code, stdout, stderr } = await place.call(line);
  assert.equal(code, 0, `${line}: ${stdout}${stderr}`);
  return stdout;
}

/** Digests of all files below a folder, hidden ones as well. */
function contentsOf(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  return new Map(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

const options = { skip: withoutMounts() };
const kilobytes = (sizes: readonly number[]): readonly number[] => sizes.map((size) => size * 1024);

test(
  'a disk that fills while data is added or made a version of is said; what is stored stays right, and the next call makes it',
  options,
  async (t) => {
    const stage = layOut();
    const disk = smallDisk(t, stage.home);
    removeAfter(t, stage);
    for (const line of ['data add images', 'data commit people', 'data commit images']) {
      let struck = 0;
      for (const left of kilobytes([0, 24, 120, 300, 600, 1_000])) {
        disk.fill(left);
        const full = await stage.here.call(line);
        disk.free();
        if (full.code !== 0) {
          assertSaid(full, `${line} with ${left} bytes left`);
          struck += 1;
        }
        await sound(stage.here, line);
        await sound(stage.here, 'store fsck');
        for (const name of readdirSync(stage.home)) rmSync(join(stage.home, name), { recursive: true });
        rmSync(join(stage.project, 'tidegate.lock'), { force: true });
      }
      assert.ok(struck >= 3, `${line}: ${struck} of 6 calls met a full disk`);
    }
  },
);

test(
  'a disk that fills while data is pushed, pulled or checked out is said, no file is half there, and the next call completes it',
  options,
  async (t) => {
    const stage = layOut();
    const { here, clone, project, remote } = stage;
    const disks = { remote: smallDisk(t, remote), home: smallDisk(t, clone.home), data: smallDisk(t, join(clone.root, 'data')) };
    removeAfter(t, stage);
    await sound(here, 'data commit');
    cpSync(join(project, 'tidegate.yaml'), join(clone.root, 'tidegate.yaml'));
    cpSync(join(project, 'tidegate.lock'), join(clone.root, 'tidegate.lock'));
    const whole = contentsOf(join(project, 'data/images'));
    const isWhole = (): boolean => {
      const there = contentsOf(join(clone.root, 'data'));
      for (const [name, digest] of there) {
        if (!name.startsWith('images/')) continue;
        assert.equal(digest, whole.get(name.slice('images/'.length)), `"${name}" is none of the version`);
      }
      return [...whole.keys()].every((name) => there.has(join('images', name)));
    };
    const empty = (folder: string): void => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    };
    const strike = async (
      disk: keyof typeof disks,
      place: Place,
      { line, after }: { readonly line: string; readonly after: () => Promise<void> },
    ) => {
      let struck = 0;
      for (const left of kilobytes([0, 24, 120, 500])) {
        disks[disk].fill(left);
        const full = await place.call(line);
        disks[disk].free();
        isWhole();
        if (full.code !== 0) {
          assertSaid(full, `${line} with ${left} bytes left for ${disk}`);
          struck += 1;
        }
        await sound(place, line);
        await after();
      }
      assert.ok(struck >= 3, `${line}: ${struck} of 4 calls met a full disk`);
    };

    await strike('remote', here, {
      line: 'data push',
      after: async () => {
        await sound(here, 'remote verify');
        empty(remote);
      },
    });
    await sound(here, 'data push');
    await strike('home', clone, {
      line: 'data pull',
      after: async () => {
        assert.ok(isWhole());
        await sound(clone, 'store fsck');
        empty(clone.home);
        empty(join(clone.root, 'data'));
      },
    });
    await sound(clone, 'data pull');
    for (const line of ['data checkout images', 'data pull images']) {
      empty(join(clone.root, 'data'));
      await strike('data', clone, {
        line,
        after: async () => {
          assert.ok(isWhole());
          empty(join(clone.root, 'data'));
        },
      });
    }
  },
);
