import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clopperPearson } from './clopper-pearson.ts';

test('exact bounds of a share are those of statsmodels', () => {
  // proportion_confint(hits, rows, alpha=0.1, method='beta') of statsmodels 0.15.0
  const golden = [
    [0, 100, 0, 0.029513049607039932],
    [3, 100, 0.008225829107652688, 0.07571079374983006],
    [1, 20, 0.0025613787765302806, 0.21610616420684733],
    [50, 50, 0.9418449208830277, 1],
    [17, 1000, 0.010860306012911823, 0.025390748776180874],
  ] as const;
  for (const [hits, rows, low, high] of golden) {
    const bounds = clopperPearson(hits, rows, 0.95);

    assert.ok(
      Math.abs(bounds.low - low) < 1e-9 && Math.abs(bounds.high - high) < 1e-9,
      `${hits} of ${rows}: ${bounds.low} to ${bounds.high}`,
    );
  }
});
