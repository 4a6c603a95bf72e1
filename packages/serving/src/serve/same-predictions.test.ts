import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openEngine, quoteText, type Row } from '@tidegate/runtime';
import fc from 'fast-check';
import { score } from '../score/main.ts';
import { makeRelease, signatureOf } from './test-release.ts';
import { startServer } from './test-server.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures');
const number = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { freq: 9 });
const text = fc.option(fc.oneof(fc.constantFrom('a', 'b', 'c', 'd é'), fc.string({ unit: 'grapheme', maxLength: 8 })), { freq: 9 });

// Of float32 the last bits depend on how many rows are predicted together; comparisons of a tree do not.
for (const { name, within } of [
  { name: 'regression', within: 0 },
  { name: 'binary', within: 1e-6 },
]) {
  test(`whatever the rows, "${name}" predicts the same over HTTP in any pieces as in a file at once`, async (t) => {
    const { inputs } = await signatureOf(`${name}.onnx`);
    const row = fc.record(Object.fromEntries(inputs.map((column) => [column.name, column.type === 'number' ? number : text])));
    const predict = await serving(t, name);

    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 20 }), async (rows, piece) => {
        const pieces = Array.from({ length: Math.ceil(rows.length / piece) }, (_, index) => rows.slice(index * piece, (index + 1) * piece));
        const online = (await Promise.all(pieces.map(predict))).flat();
        const offline = await scored(t, name, rows);

        assert.equal(online.length, offline.length);
        online.forEach((value, index) => {
          const other = offline[index] === 'NaN' ? null : offline[index];
          if (typeof value === 'number' && typeof other === 'number')
            assert.ok(Math.abs(value - other) <= within, `${value} is not ${other}`);
          else assert.equal(value, other);
        });
      }),
      { numRuns: 4 },
    );
  });
}

async function serving(t: TestContext, name: string): Promise<(rows: readonly Row[]) => Promise<readonly (number | null)[]>> {
  const release = await makeRelease({ file: `${name}.onnx`, flavor: 'onnx' });
  t.after(release.remove);
  const { address, kill } = await startServer(['--release', release.folder, '--workers', '2']);
  t.after(kill);
  return async (rows) => {
    const answer = await fetch(`${address}/v1/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows }),
    });
    const told: { readonly predictions: readonly { readonly prediction: number | null }[] } = JSON.parse(await answer.text());
    return told.predictions.map((one) => one.prediction);
  };
}

async function scored(t: TestContext, name: string, rows: readonly Row[]): Promise<readonly Row[string][]> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-same-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [lines, input, output] = ['in.jsonl', 'in.parquet', 'out.parquet'].map((file) => join(folder, file));
  const { inputs } = await signatureOf(`${name}.onnx`);
  const columns = inputs.map((column) => `${quoteText(column.name)}: '${column.type === 'number' ? 'DOUBLE' : 'VARCHAR'}'`).join(', ');
  await writeFile(lines ?? '', rows.map((row) => JSON.stringify(row)).join('\n'));
  using engine = await openEngine({ threads: 1 });
  const source = `read_json(${quoteText(lines ?? '')}, format = 'newline_delimited', columns = {${columns}})`;
  await engine.run(`COPY (FROM ${source}) TO ${quoteText(input ?? '')} (FORMAT parquet)`);
  const model = ['--model', join(fixtures, `${name}.onnx`), '--flavor', 'onnx', '--signature', join(fixtures, `${name}.signature.json`)];
  await score([...model, '--input', input ?? '', '--output', output ?? '']);
  return (await engine.rows(`FROM ${quoteText(output ?? '')} ORDER BY row`)).map((row) => row['prediction'] ?? null);
}
