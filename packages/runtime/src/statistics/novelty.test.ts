import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noveltyTest } from './novelty.ts';
import { seededRandom } from './seeded-random.ts';

test('names of which each row has another are never a surprise, a class of many rows always', () => {
  const names = noveltyTest({ reference: 729, current: 729, multiplicities: [{ rows: 1, values: 1458 }], unseen: 729 });
  const classes = [
    { rows: 80, values: 1 },
    { rows: 1024, values: 5 },
  ];

  assert.equal(names, 1);
  assert.ok((noveltyTest({ reference: 5000, current: 200, multiplicities: classes, unseen: 80 }) ?? 1) < 1e-100);
  assert.equal(noveltyTest({ reference: 20_000, current: 2000, multiplicities: [{ rows: 800, values: 1 }], unseen: 800 }), 0);
});

test('one new value of three rows is as likely as that all three fell to the current rows', () => {
  const multiplicities = [
    { rows: 3, values: 1 },
    { rows: 1024, values: 5 },
  ];
  const chance = (200 / 5123) * (199 / 5122) * (198 / 5121);

  const found = noveltyTest({ reference: 4923, current: 200, multiplicities, unseen: 3 }) ?? assert.fail();

  assert.ok(Math.abs(found / chance - 1) < 1e-6, `${found} ${chance}`);
});

test('the p value bounds how often so many rows are unseen, for names that mostly repeat and for names that mostly do not', () => {
  const random = seededRandom(20261130);
  for (const values of [200, 1000, 5000]) {
    const [reference, current, repeats] = [600, 300, 400];
    let significant = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const rows = Array.from({ length: reference + current }, () => Math.floor(values * random.unit() ** 2));
      const seen = new Set(rows.slice(0, reference));
      const times = new Map<number, number>();
      for (const value of rows) times.set(value, (times.get(value) ?? 0) + 1);
      const multiplicities = [...times.values()].map((own) => ({ rows: own, values: 1 }));
      const unseen = rows.slice(reference).filter((value) => !seen.has(value)).length;
      if ((noveltyTest({ reference, current, multiplicities, unseen }) ?? 1) <= 0.05) significant++;
    }

    assert.ok(significant <= 0.05 * repeats + 4 * Math.sqrt(0.05 * 0.95 * repeats), `${values}: ${significant} of ${repeats}`);
  }
});

test('without rows nothing is tested', () => {
  assert.equal(noveltyTest({ reference: 0, current: 5, multiplicities: [{ rows: 1, values: 5 }], unseen: 5 }), null);
  assert.equal(noveltyTest({ reference: 5, current: 0, multiplicities: [{ rows: 1, values: 5 }], unseen: 0 }), null);
  assert.equal(noveltyTest({ reference: 5, current: 5, multiplicities: [{ rows: 10, values: 1 }], unseen: 0 }), 1);
});
