import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Place, placeAt } from './faults/place.ts';
import type { Ended } from './rig/play.ts';
import { smallDisk, withoutMounts } from './rig/small-disk.ts';

/** A project whose steps write to every place of the home: large and small objects, long logs, files of their own in the scratch folder. */
const file = `version: 1
project: wide
steps:
  large: { run: sh write.sh large, in: [write.sh], out: { out: made/large.txt } }
  small: { run: sh write.sh small, in: [write.sh], out: { out: made/small.txt } }
  loud: { run: sh write.sh loud, in: [write.sh], out: { out: made/loud.txt } }
`;
const script = `set -e
mkdir -p made
case $1 in
  large) head -c 700000 /dev/zero | tr '\\0' 'l' > made/large.txt ;;
  small) echo small > made/small.txt ;;
  loud) i=0; while [ $i -lt 300 ]; do echo "line $i of a step that has much to say, and says it again and again, so that its log is long"; i=$((i + 1)); done
    echo scratch > "$TMPDIR/scratch"; cat "$TMPDIR/scratch" > made/loud.txt ;;
esac
`;

function laidOut(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-full-'));
  const place = placeAt(folder);
  mkdirSync(place.project, { recursive: true });
  writeFileSync(join(place.project, 'tidegate.yaml'), file);
  writeFileSync(join(place.project, 'write.sh'), script);
  return place;
}

/** Said with a code of ours, no stack trace, and nobody is asked to report it. */
function assertSaid({ code, stdout, stderr }: Ended, where: string): void {
  const said = `${stdout}\n${stderr}`;
  assert.equal(code, 1, `${where}: ${said}`);
  assert.match(said, /no space is left there|ENOSPC|No space left/i, where);
  assert.doesNotMatch(said, /please report|^ {4}at .+:\d+:\d+\)?$/m, where);
}

/** After the disks of the place are taken away: registered last, for hooks run in order. */
function removeAfter(t: TestContext, { folder }: Place): void {
  t.after(() => rmSync(folder, { recursive: true, force: true }));
}

async function assertGoesOn(place: Place): Promise<void> {
  const again = await place.tidegate(['run', '--json']);
  const check = await place.tidegate(['store', 'fsck', '--json']);

  assert.equal(again.code, 0, again.stdout + again.stderr);
  assert.equal(check.code, 0, check.stdout);
  assert.equal(readFileSync(join(place.project, 'made/large.txt'), 'utf8').length, 700_000);
}

const needsRoot = { skip: withoutMounts() };

test(
  'hostile 16: a disk that fills anywhere in a run is said; what is stored stays right, and the run goes on once there is room',
  needsRoot,
  async (t) => {
    const place = laidOut();
    const disk = smallDisk(t, place.home);
    removeAfter(t, place);
    let struck = 0;
    for (const left of [0, 16, 48, 96, 160, 240, 400, 800, 1200].map((kilobytes) => kilobytes * 1024)) {
      disk.fill(left);
      const full = await place.tidegate(['run', '--json']);
      if (full.code !== 0) assertSaid(full, `${left} bytes left`);
      if (full.code !== 0) struck += 1;

      disk.free();
      await assertGoesOn(place);
      for (const path of ['objects', 'state.sqlite', 'state.sqlite-wal', 'state.sqlite-shm', 'deployments.jsonl', 'logs', 'workspaces'])
        rmSync(join(place.home, path), { recursive: true, force: true });
    }
    t.diagnostic(`${struck} of 9 runs met a full disk`);
    assert.ok(struck >= 6, `${struck} runs met a full disk`);
  },
);

for (const where of ['objects', 'logs', 'workspaces'])
  test(`hostile 16: a full disk at "${where}" of the home is said, and the run goes on once there is room`, needsRoot, async (t) => {
    const place = laidOut();
    const disk = smallDisk(t, join(place.home, where));
    removeAfter(t, place);
    disk.fill(0);

    const full = await place.tidegate(['run', '--json']);
    disk.free();

    if (where === 'logs' && full.code === 0) t.diagnostic('a run whose logs find no room goes on without them');
    else assertSaid(full, where);
    await assertGoesOn(place);
  });
