import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { findingsIn, scanFile } from './index.ts';

const torch = join(import.meta.dirname, '../../project/models/import/fixtures');

function findings(path: string, own: readonly string[] = []): readonly string[] {
  const scan = scanFile({ path: basename(path), bytes: readFileSync(path) }, { own });
  return findingsIn([scan]).map(({ where, what }) => `${where}: it ${what}`);
}

test('programs of PyTorch are told as what they are, and safe for whoever trusts them: a sandbox', () => {
  assert.deepEqual(findings(join(torch, 'kind.pt')), ['archive: it is a program of PyTorch (torchscript)']);
  assert.deepEqual(findings(join(torch, 'kind.pt2')), ['archive: it is a program of PyTorch (torch.export)']);
  for (const [file, name] of [
    ['kind.pt', 'torchscript'],
    ['kind.pt2', 'torch.export'],
    ['amount.pt2', 'torch.export'],
  ] as const)
    assert.deepEqual(findings(join(torch, file), [name]), [], file);
  assert.deepEqual(findings(join(torch, 'weights.pt')), []);
  assert.deepEqual(findings(join(torch, 'object.pt')).length, 1);
  assert.match(findings(join(torch, 'object.pt'))[0] ?? '', /imports "__main__.Amount"/);
});

test('what PyTorch has exported as ONNX is safe', () => {
  assert.deepEqual(findings(join(torch, 'amount.onnx')), []);
});
