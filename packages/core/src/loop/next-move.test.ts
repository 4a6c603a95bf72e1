import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfHex, type PathEnded } from '@tidegate/formats';
import { type Known, nextMove, type Seen } from './next-move.ts';

const data = digestOfHex('11'.repeat(32));
const otherData = digestOfHex('22'.repeat(32));
const seen: Seen = { commit: 'c1', goal: 'production', hindrance: null, data, nowMs: 1_000_000 };
const passed: PathEnded = {
  kind: 'path-ended',
  commit: 'c1',
  goal: 'production',
  data,
  why: { kind: 'new-commit', before: null },
  runs: [],
  outcome: 'passed',
  verdict: 'pass',
  exit: 0,
  failure: null,
  tries: 1,
  live: [],
  durationMs: 1,
};

function knowing(ended: Partial<PathEnded>, more: Partial<Known> & { readonly atMs?: number } = {}): Known {
  const { atMs = 1_000_000, ...rest } = more;
  return { last: { ended: { ...passed, ...ended }, atMs }, asked: false, news: [], retraining: null, ...rest };
}

test('the first commit it sees is taken along the path', () => {
  const move = nextMove(seen, { last: null, asked: false, news: [], retraining: null });

  assert.deepEqual(move, { kind: 'go', commit: 'c1', why: { kind: 'new-commit', before: null }, tries: 1 });
});

test('a commit that came to its end is left alone, also the lock commit of its own', () => {
  assert.deepEqual(nextMove(seen, knowing({})), { kind: 'rest' });
  assert.deepEqual(nextMove({ ...seen, data: otherData }, knowing({})), { kind: 'rest' });
});

test('another commit goes, also an older one that the branch was set back to', () => {
  const move = nextMove({ ...seen, commit: 'c0' }, knowing({}));

  assert.deepEqual(move, { kind: 'go', commit: 'c0', why: { kind: 'new-commit', before: 'c1' }, tries: 1 });
});

test('the same commit goes again on a branch that goes further', () => {
  const move = nextMove(seen, knowing({ goal: 'gate' }));

  assert.deepEqual(move, { kind: 'go', commit: 'c1', why: { kind: 'goal-changed', before: 'gate' }, tries: 1 });
});

for (const outcome of ['refused', 'failed'] as const)
  test(`a commit that was ${outcome} is not tried again for ever: only when the data changed or somebody asks`, () => {
    const known = knowing({ outcome });

    assert.deepEqual(nextMove({ ...seen, nowMs: 9e12 }, known), { kind: 'rest' });
    assert.deepEqual(nextMove({ ...seen, data: null }, known), { kind: 'rest' }, 'files that are being written are no change yet');
    assert.deepEqual(nextMove({ ...seen, data: otherData }, known), { kind: 'go', commit: 'c1', why: { kind: 'data-changed' }, tries: 1 });
    assert.deepEqual(nextMove(seen, { ...known, asked: true }), { kind: 'go', commit: 'c1', why: { kind: 'asked' }, tries: 1 });
  });

test('what was unavailable is tried again by itself, later each time, and at last no more', () => {
  const failure = { code: 'TG-DEPLOY-PORT-TAKEN', message: 'Taken', hint: null };
  const afterMs = (tries: number, ms: number): string =>
    nextMove({ ...seen, nowMs: 1_000_000 + ms }, knowing({ outcome: 'unavailable', failure, tries })).kind;

  assert.deepEqual([afterMs(1, 4_999), afterMs(1, 5_000)], ['rest', 'go']);
  assert.deepEqual([afterMs(2, 5_000), afterMs(2, 30_000)], ['rest', 'go']);
  assert.deepEqual([afterMs(5, 3_599_999), afterMs(5, 3_600_000)], ['rest', 'go']);
  assert.equal(afterMs(6, 1e12), 'rest');
});

test('each try of what was unavailable is counted, and a commit begins anew', () => {
  const known = knowing({ outcome: 'unavailable', tries: 2 });

  const again = nextMove({ ...seen, nowMs: 2_000_000 }, known);
  const other = nextMove({ ...seen, commit: 'c2' }, known);

  assert.equal(again.kind === 'go' && again.tries, 3);
  assert.equal(other.kind === 'go' && other.tries, 1);
});

test('a clock that was set back makes nothing wait', () => {
  const move = nextMove({ ...seen, nowMs: 1_000 }, knowing({ outcome: 'unavailable', tries: 4 }));

  assert.equal(move.kind, 'go');
});

test('what was interrupted goes on', () => {
  const move = nextMove(seen, knowing({ outcome: 'cancelled', exit: 130 }));

  assert.deepEqual(move, { kind: 'go', commit: 'c1', why: { kind: 'again', code: 'TG-CLI-STOPPED' }, tries: 2 });
});

test('what a source gave since the last way was begun is taken along, whatever came of that way', () => {
  const why = { kind: 'source-read', datasets: ['weather'] } as const;

  for (const outcome of ['passed', 'refused', 'failed'] as const)
    assert.deepEqual(nextMove(seen, knowing({ outcome }, { news: ['weather'] })), { kind: 'go', commit: 'c1', why, tries: 1 });
});

test('a monitor that wants a retraining gets it, but not on a branch that ends at the gate', () => {
  const retraining = { monitor: 'api', reasons: ['drift of rain'] };

  assert.deepEqual(nextMove(seen, knowing({}, { retraining })), {
    kind: 'go',
    commit: 'c1',
    why: { kind: 'monitor', ...retraining },
    tries: 1,
  });
  assert.deepEqual(nextMove({ ...seen, goal: 'gate' }, knowing({ goal: 'gate' }, { retraining })), { kind: 'rest' });
});

test('a retraining that was refused changes nothing and waits for the monitor, whatever data arrives', () => {
  const retraining = { monitor: 'api', reasons: ['drift of rain'] };
  const known = knowing({ outcome: 'refused', why: { kind: 'monitor', ...retraining } });

  assert.deepEqual(nextMove({ ...seen, data: otherData }, known), { kind: 'rest' });
  assert.equal(nextMove({ ...seen, data: otherData }, { ...known, retraining }).kind, 'go');
});

test('what is in the way is told only when there is something to do', () => {
  const hindrance = { kind: 'under-way', operation: 'merge' } as const;

  assert.deepEqual(nextMove({ ...seen, hindrance }, knowing({})), { kind: 'rest' });
  assert.deepEqual(nextMove({ ...seen, hindrance, commit: 'c2' }, knowing({})), {
    kind: 'hindered',
    hindrance,
    why: { kind: 'new-commit', before: 'c1' },
  });
});
