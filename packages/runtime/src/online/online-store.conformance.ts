import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, digestOfHex } from '@tidegate/formats';
import type { ArrivalWatermark, OnlineAdvance, OnlineEntry, OnlineStore } from './online-store.ts';

/** A store under test: each call of `open` gives another handle on the same data. */
export interface OnlineStoreUnderTest extends AsyncDisposable {
  readonly open: () => OnlineStore;
}

const versionA = digestOfHex('a'.repeat(64));
const versionB = digestOfHex('b'.repeat(64));
const entry = (key: string, eventUs: number, values: OnlineEntry['values'], knownUs = eventUs): OnlineEntry => ({
  key,
  eventUs,
  knownUs,
  values,
});

async function* batches(...list: (readonly OnlineEntry[])[]): AsyncGenerator<readonly OnlineEntry[]> {
  yield* list;
}

const watermark: ArrivalWatermark = {
  reading: versionB,
  files: [{ dataset: 'd', path: 'd/1.parquet', digest: versionA }],
  newestEventUs: 5,
  lookbackMs: 3_600_000,
  lateRows: 0,
};

/** A refresh of the whole view with no row. */
const refreshOf = (from: number, asOfUs: number): OnlineAdvance => ({
  from,
  asOfUs,
  watermark,
  about: null,
  entries: batches(),
  later: batches(),
  gone: [],
});

/** What every adapter of {@link OnlineStore} must do. `make` gives an empty store. */
export function onlineStoreConformance(name: string, make: () => Promise<OnlineStoreUnderTest>): void {
  const check = (behaviour: string, body: (store: OnlineStore, open: () => OnlineStore) => Promise<void>): void => {
    test(`${name}: ${behaviour}`, async () => {
      await using underTest = await make();
      const store = underTest.open();
      try {
        await body(store, underTest.open);
      } finally {
        store.close();
      }
    });
  };
  const valuesOf = async (store: OnlineStore, key: string, version: Digest = versionA) => (await store.read(version, [key]))[0]?.values;

  check('rows come back in the order of the keys, null for those that are not there', async (store) => {
    await store.write(versionA, [entry('k1', 1, [1]), entry('k2', 2, ['two'])]);

    const rows = await store.read(versionA, ['k2', 'absent', null, 'k1', 'k2']);

    assert.deepEqual(
      rows.map((row) => row?.values ?? null),
      [['two'], null, null, [1], ['two']],
    );
  });

  check('the newest event of a view version is known', async (store) => {
    await store.write(versionA, [entry('k1', 1_735_689_600_123_457, [1]), entry('k2', 2, ['two'])]);

    assert.equal(await store.newestEvent(versionA), 1_735_689_600_123_457);
    assert.equal(await store.newestEvent(versionB), null);
  });

  check('every kind of value comes back as it was written', async (store) => {
    const values = [null, true, false, 0, -1.5, 1e300, 5e-324, '9007199254740993', '', 'Ångström "q" \u0000', '2013-01-01T00:00:00.000Z'];
    await store.write(versionA, [entry('k', 1_735_689_600_123_457, values, 1_735_689_600_123_458)]);

    const [row] = await store.read(versionA, ['k']);

    assert.deepEqual(row, { eventUs: 1_735_689_600_123_457, knownUs: 1_735_689_600_123_458, values });
  });

  check('NaN, infinities and the negative zero are kept apart from NULL and zero', async (store) => {
    await store.write(versionA, [entry('k', 1, [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0])]);

    assert.deepEqual(await valuesOf(store, 'k'), ['NaN', 'Infinity', '-Infinity', '-0', 0]);
  });

  check('a later event survives an older one that is written after it, in one batch and across batches', async (store) => {
    await store.write(versionA, [entry('k', 5, ['old']), entry('k', 9, ['new']), entry('k', 7, ['between'])]);
    await store.write(versionA, [entry('k', 8, ['late'])]);

    assert.deepEqual(await valuesOf(store, 'k'), ['new']);
  });

  check('of one event the value known last wins, a correction included', async (store) => {
    await store.write(versionA, [entry('k', 5, ['first'], 6)]);
    await store.write(versionA, [entry('k', 5, ['correction'], 8)]);
    await store.write(versionA, [entry('k', 5, ['stale'], 7)]);

    assert.deepEqual(await valuesOf(store, 'k'), ['correction']);
  });

  check('writing the same again changes nothing; the same times with another value replace it', async (store) => {
    await store.write(versionA, [entry('k', 5, ['a'])]);
    await store.write(versionA, [entry('k', 5, ['a'])]);
    assert.deepEqual(await valuesOf(store, 'k'), ['a']);

    await store.write(versionA, [entry('k', 5, ['b'])]);

    assert.deepEqual(await valuesOf(store, 'k'), ['b']);
  });

  check('view versions do not see each other', async (store) => {
    await store.write(versionA, [entry('k', 5, ['a'])]);
    await store.write(versionB, [entry('k', 4, ['b'])]);

    assert.deepEqual(await valuesOf(store, 'k', versionA), ['a']);
    assert.deepEqual(await valuesOf(store, 'k', versionB), ['b']);
  });

  check('replacing leaves exactly what the batches hold, older events and vanished keys included', async (store) => {
    await store.write(versionA, [entry('gone', 9, [1]), entry('k', 9, ['wrong'])]);

    const done = await store.replace(versionA, batches([entry('k', 3, ['x'])], [entry('k', 4, ['y']), entry('n', 1, ['z'])]), 10);

    assert.equal(done, true);
    assert.deepEqual(
      (await store.read(versionA, ['gone', 'k', 'n'])).map((row) => row?.values ?? null),
      [null, ['y'], ['z']],
    );
    assert.deepEqual(await store.views(), [{ version: versionA, entities: 2, asOfUs: 10 }]);
  });

  check('replacing twice with the same is the same as once', async (store) => {
    await store.replace(versionA, batches([entry('k', 3, ['x'])]), 10);
    await store.replace(versionA, batches([entry('k', 3, ['x'])]), 10);

    assert.deepEqual(await store.views(), [{ version: versionA, entities: 1, asOfUs: 10 }]);
    assert.deepEqual(await valuesOf(store, 'k'), ['x']);
  });

  check('what was computed for an earlier moment does not replace a later one', async (store) => {
    await store.replace(versionA, batches([entry('k', 3, ['later'])]), 10);

    const done = await store.replace(versionA, batches([entry('k', 4, ['earlier'])]), 9);

    assert.equal(done, false);
    assert.deepEqual(await valuesOf(store, 'k'), ['later']);
  });

  check('readers see what was there until a replacement is whole, and for ever when it fails', async (store, open) => {
    const other = open();
    const seen: unknown[] = [];
    await store.write(versionA, [entry('k', 1, ['before'])]);
    async function* failing(): AsyncGenerator<readonly OnlineEntry[]> {
      yield [entry('k', 2, ['half'])];
      seen.push(await valuesOf(store, 'k'), await valuesOf(other, 'k'));
      throw new Error('the source broke');
    }

    await assert.rejects(store.replace(versionA, failing(), 10), /the source broke/);

    assert.deepEqual(seen, [['before'], ['before']]);
    assert.deepEqual(await valuesOf(store, 'k'), ['before']);
    other.close();
  });

  check('two replacements at once both end, and the one for the later moment stays', async (store, open) => {
    const other = open();

    await Promise.all([
      store.replace(versionA, batches([entry('k', 1, ['of 10'])], [entry('k1', 1, ['of 10'])]), 10),
      other.replace(versionA, batches([entry('k', 1, ['of 11'])]), 11),
    ]);

    assert.deepEqual(await valuesOf(other, 'k'), ['of 11']);
    assert.deepEqual(await store.views(), [{ version: versionA, entities: 1, asOfUs: 11 }]);
    other.close();
  });

  check('a refresh changes values, moment and watermark at once, and takes into use what was put aside until then', async (store) => {
    const first = {
      ...refreshOf(0, 10),
      entries: batches([entry('k1', 1, ['a']), entry('k2', 2, ['b'])]),
      later: batches([entry('k1', 12, ['c']), entry('k2', 3, ['d'], 20)]),
    };
    assert.equal(await store.nextUse(versionA), null);
    assert.equal(await store.advance(versionA, first), 0);
    assert.equal(await store.nextUse(versionA), 12);

    const used = await store.advance(versionA, {
      ...refreshOf(1, 15),
      about: { keys: [], sinceUs: null },
      watermark: { ...watermark, lateRows: 3 },
    });

    assert.equal(used, 1);
    assert.deepEqual(await store.read(versionA, ['k1', 'k2']), [
      { eventUs: 12, knownUs: 12, values: ['c'] },
      { eventUs: 2, knownUs: 2, values: ['b'] },
    ]);
    assert.deepEqual(await store.progress(versionA), { revision: 2, asOfUs: 15, watermark: { ...watermark, lateRows: 3 } });
    assert.equal(await store.nextUse(versionA), 20);
  });

  check('a refresh knows better what it is about: values go back, keys go, rows put aside are forgotten', async (store) => {
    await store.advance(versionA, {
      ...refreshOf(0, 10),
      entries: batches([entry('k1', 5, ['a']), entry('k2', 5, ['b']), entry('k3', 5, ['c'])]),
      later: batches([entry('k1', 11, ['d']), entry('k2', 11, ['e']), entry('k2', 4, ['f'], 12)]),
    });

    await store.advance(versionA, {
      ...refreshOf(1, 20),
      about: { keys: ['k1', 'k2', 'k3'], sinceUs: 5 },
      entries: batches([entry('k1', 3, ['x'])]),
      gone: ['k3'],
    });

    const rows = await store.read(versionA, ['k1', 'k2', 'k3']);
    assert.deepEqual(
      rows.map((row) => row?.values ?? null),
      [['x'], ['b'], null],
    );
  });

  check('a refresh that was computed from an older state changes nothing', async (store) => {
    await store.advance(versionA, { ...refreshOf(0, 10), entries: batches([entry('k', 1, ['a'])]) });
    await store.write(versionA, [entry('k', 2, ['b'])]);

    assert.equal(await store.advance(versionA, { ...refreshOf(1, 20), entries: batches([entry('k', 1, ['c'])]) }), null);

    assert.deepEqual(await valuesOf(store, 'k'), ['b']);
    assert.deepEqual(await store.progress(versionA), { revision: 2, asOfUs: 10, watermark: null });
    assert.equal(await store.progress(versionB), null);
  });

  check('a refresh that breaks off leaves what was there', async (store) => {
    await store.advance(versionA, { ...refreshOf(0, 10), entries: batches([entry('k', 1, ['a'])]) });
    const before = await store.progress(versionA);
    async function* failing(): AsyncGenerator<readonly OnlineEntry[]> {
      yield [entry('k', 2, ['half'])];
      throw new Error('the source broke');
    }

    await assert.rejects(store.advance(versionA, { ...refreshOf(1, 20), entries: failing() }), /the source broke/);

    assert.deepEqual([await valuesOf(store, 'k'), await store.progress(versionA)], [['a'], before]);
  });

  check('an unused view version is deleted, a used one stays', async (store) => {
    await store.write(versionA, [entry('k', 1, ['a'])]);
    await store.write(versionB, [entry('k', 1, ['b'])]);

    assert.deepEqual(await store.keepOnly(new Set([versionA])), [versionB]);

    assert.deepEqual(
      (await store.views()).map((view) => view.version),
      [versionA],
    );
    assert.deepEqual(await store.read(versionB, ['k']), [null]);
  });

  check('what is written is there for a handle opened later', async (store, open) => {
    await store.write(versionA, [entry('k', 1, ['a'])]);
    const later = open();

    assert.deepEqual(await valuesOf(later, 'k'), ['a']);
    later.close();
  });
}
