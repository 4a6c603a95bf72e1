import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { partsOfQueries } from './parts/test-parts.ts';
import { rankCorrelations } from './rank-correlations.ts';

const rows = `SELECT sin(i * 12.9898) AS even, exp(6 * sin(i * 12.9898) + sin(i * 78.233)) AS skewed, i % 7 AS few, 5 AS one,
  CASE WHEN i % 10 > 0 THEN sin(i * 3.3) - sin(i * 12.9898) / 2 END AS gaps, CASE WHEN i % 50 = 0 THEN 'inf'::DOUBLE ELSE i / 7 END AS endless
  FROM range(12000) t(i)`;
const columns = ['even', 'skewed', 'few', 'one', 'gaps', 'endless'];

test('correlations of ranks that were counted in bins are off by no more than is said from those of all rows', async () => {
  using engine = await openEngine({ threads: 1 });
  const [part] = await partsOfQueries(engine, [rows]);
  assert.ok(part !== undefined);

  const ranked = await rankCorrelations(engine, rows, { columns, part });
  const binned = await rankCorrelations(engine, rows, { columns, part, most: 100 });

  assert.equal(ranked.spearmanError, 0);
  assert.ok(binned.spearmanError > 0 && binned.spearmanError < 0.04, String(binned.spearmanError));
  assert.ok((ranked.spearman[1]?.[0] ?? 0) > 0.9);
  for (const [one, exact] of ranked.spearman.entries())
    for (const [other, rho] of exact.entries()) {
      const found = binned.spearman[one]?.[other] ?? null;
      const name = `${columns[one]} and ${columns[other]}`;
      if (rho === null || found === null) assert.equal(found, rho, name);
      else assert.ok(Math.abs(found - rho) <= binned.spearmanError + 1e-9, `${name}: ${found}, ${rho} of all rows`);
      assert.equal(rho === null, one === 3 || other === 3, name);
    }
});
