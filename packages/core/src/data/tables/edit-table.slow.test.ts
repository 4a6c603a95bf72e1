import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest, TableRecord } from '@tidegate/formats';
import { quoteText, seededRandom } from '@tidegate/runtime';
import { type ObjectStore, readRecord } from '../../store/index.ts';
import { editTable, type EditTableRequest } from './edit-table.ts';
import { type TestTables, testTables } from './test-table.ts';

interface ModelRow {
  readonly id: number;
  readonly day: string;
  readonly amount: number;
}

const days = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'];

function valuesOf(rows: readonly ModelRow[]): string {
  const list = rows.map(({ id, day, amount }) => `(${id}::BIGINT, DATE ${quoteText(day)}, ${amount}::INTEGER)`);
  return `SELECT * FROM (VALUES ${list.join(', ')}) AS model(id, day, amount)`;
}

/** Edits a table of the store, and tells which objects of it were read as a whole, and which in part. */
function editor({ engine, store, scratch }: TestTables): {
  readonly edit: (base: Digest, edits: Partial<EditTableRequest>) => ReturnType<typeof editTable>;
  readonly whole: Set<Digest>;
  readonly inPart: Map<Digest, number>;
} {
  const [whole, inPart] = [new Set<Digest>(), new Map<Digest, number>()];
  const noting = <T>(read: (digest: Digest) => Promise<T>): ((digest: Digest) => Promise<T>) => {
    return (digest) => {
      whole.add(digest);
      return read(digest);
    };
  };
  const watched: ObjectStore = { ...store, pathOf: noting(store.pathOf), readBytes: noting(store.readBytes) };
  const elsewhere: EditTableRequest['elsewhere'] = {
    isHere: async () => false,
    readPart: async (digest, { from, to }) => {
      inPart.set(digest, (inPart.get(digest) ?? 0) + to - from);
      return (await store.readBytes(digest)).subarray(from, to);
    },
  };
  const { signal } = new AbortController();
  const nothing = { rows: null, replace: false, remove: [], keep: null };
  return {
    whole,
    inPart,
    edit: (base, edits) => editTable(engine, { store: watched, dataset: 't', base, scratch, elsewhere, signal, ...nothing, ...edits }),
  };
}

function layersOf({ groups }: Pick<TableRecord, 'groups'>): ReadonlySet<Digest> {
  return new Set(groups.flatMap(({ layers }) => layers.map(({ digest }) => digest)));
}

const orders = [
  { name: 'with a key', key: ['id'], partition: null },
  { name: 'with a key that says the partition', key: ['day', 'id'], partition: 'day(day)' },
  { name: 'with a key that does not say the partition', key: ['id'], partition: 'day(day)' },
  { name: 'without a key, in partitions', key: [], partition: 'day(day)' },
];

for (const [seed, { name, ...order }] of orders.entries())
  test(`rows put into a table ${name} give the record that all rows would give, and no other groups are read`, async (t) => {
    const tables = await testTables(t, 100);
    const random = seededRandom(seed);
    const rowOf = (id: number): ModelRow => ({ id, day: days[random.below(days.length)] ?? '', amount: random.below(1_000) });
    let rows = Array.from({ length: 1_500 }, (_, id) => rowOf(id));
    let base = (await tables.put(valuesOf(rows), null, order)).digest;
    for (let version = 0; version < 3; version++) {
      rows = rows.map((row) => (random.below(60) === 0 ? { ...row, amount: random.below(1_000) } : row));
      base = (await tables.put(valuesOf(rows), base, order)).digest;
    }
    for (let round = 0; round < 4; round++) {
      const record = await readRecord(tables.store, 'tidegate.table/1', base);
      const isChange = order.key.length > 0 && round % 2 === 1;
      const fresh = Array.from({ length: 5 }, (_, at) => ({
        ...rowOf(isChange ? random.below(1_500) : 2_000 + 10 * round + at),
        day: days[round] ?? '',
      }));
      const incoming = [...new Map(fresh.map((row) => [row.id, row])).values()];
      const isSame = (one: ModelRow, other: ModelRow): boolean =>
        one.id === other.id && (!order.key.includes('day') || one.day === other.day);
      const isOver = (row: ModelRow): boolean => order.key.length > 0 && incoming.some((one) => isSame(one, row));
      rows = [...rows.filter((row) => !isOver(row)), ...incoming];
      const { edit, whole } = editor(tables);

      const edited = await edit(base, { rows: valuesOf(incoming) });

      const expected = await tables.put(valuesOf(rows), base, order);
      assert.deepEqual(edited.record, expected.record);
      assert.ok(edited.readGroups < edited.ofGroups, `${edited.readGroups} of ${edited.ofGroups} groups`);
      const untouched = layersOf({
        groups: record.groups.filter((group) =>
          expected.record.groups.some(({ sum, from }) => sum === group.sum && from.join() === group.from.join()),
        ),
      });
      if (!isChange) for (const digest of whole) assert.ok(!untouched.has(digest), 'a group was read in which nothing is different');
      base = edited.digest;
    }
    assert.equal((await tables.rowsOf(base)).length, rows.length);
  });

test('a partition is replaced and another taken out without reading any, and the oldest go as "keep" says', async (t) => {
  const tables = await testTables(t, 50);
  const all = days.flatMap((day, at) => Array.from({ length: 200 }, (_, id) => ({ id: 1_000 * at + id, day, amount: id })));
  const { digest: base } = await tables.put(valuesOf(all), null, { key: ['day', 'id'], partition: 'day(day)' });
  const { edit, whole, inPart } = editor(tables);
  const second = [{ id: 1, day: '2026-01-02', amount: 7 }];

  const replaced = await edit(base, { rows: valuesOf(second), replace: true });
  assert.deepEqual([replaced.partitions, replaced.record.rows, replaced.readGroups], [['2026-01-02'], 601, 0]);
  assert.deepEqual(await tables.rowsOf(replaced.digest, `SELECT id, amount FROM t WHERE day = DATE '2026-01-02'`), [{ id: 1, amount: 7 }]);

  whole.clear();
  const shorter = await edit(replaced.digest, { remove: ['2026-01-03'] });
  assert.deepEqual([shorter.record.rows, shorter.partitions, whole.size, inPart.size], [401, ['2026-01-03'], 0, 0]);
  await assert.rejects(edit(base, { remove: ['2025-01-01'] }), /TG-CLI-NOT-FOUND: .* by day\(day\) there is none/);

  const next = valuesOf([{ id: 9, day: '2026-01-05', amount: 0 }]);
  const kept = await edit(base, { rows: next, keep: { partitions: 2 } });
  assert.deepEqual([...new Set(kept.record.groups.map(({ from: [day] }) => day))], ['2026-01-04', '2026-01-05']);
  const near = await edit(base, { rows: next, keep: { ms: 2 * 86_400_000 } });
  assert.deepEqual([...new Set(near.record.groups.map(({ from: [day] }) => day))], ['2026-01-03', '2026-01-04', '2026-01-05']);
});

test('a row whose key is in another partition takes its place, although of that partition the key alone is read before', async (t) => {
  const tables = await testTables(t, 50);
  const wide = `SELECT id, day, amount, repeat(md5(CAST(id AS VARCHAR)), 400) AS text FROM`;
  const all = days.flatMap((day, at) => Array.from({ length: 200 }, (_, id) => ({ id: 1_000 * at + id, day, amount: id })));
  const { digest: base, record } = await tables.put(`${wide} (${valuesOf(all)})`, null, { key: ['id'], partition: 'day(day)' });
  const { edit, whole, inPart } = editor(tables);

  const moved = await edit(base, { rows: `${wide} (${valuesOf([{ id: 5, day: '2026-01-04', amount: -1 }])})` });

  assert.equal(moved.record.rows, 800);
  assert.deepEqual(await tables.rowsOf(moved.digest, 'SELECT CAST(day AS VARCHAR) AS day, amount FROM t WHERE id = 5'), [
    { day: '2026-01-04', amount: -1 },
  ]);
  const read = [...layersOf(record)].filter((digest) => whole.has(digest));
  assert.equal(read.length, 2, 'the group that the row was in, and the one that it goes to');
  assert.ok(inPart.size > 10, 'the keys of the others');
});
