import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findingsIn, scanFile, scanFiles } from './index.ts';
import { calling, opcodes } from './test-pickle.ts';

/*
 * Files that a scan of what they look like let through, and that run a command, or read memory as addresses, where NumPy 2.4.6, PyTorch 2.13.0 or PyYAML loads them.
 */

const fixtures = join(import.meta.dirname, 'fixtures');
const torch = join(import.meta.dirname, '../../project/models/import/fixtures');
const command = calling('os', 'system');

const findings = (path: string, bytes: Uint8Array): readonly string[] => findingsIn([scanFile({ path, bytes })]).map(({ what }) => what);

function npy(descr: string, behind: Uint8Array = command): Uint8Array {
  const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,), }\n`;
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from('NUMPY\x01\x00', 'latin1'),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
    behind,
  ]);
}

test('hostile 39: however the type of an array says that its items are objects, what lies behind it is looked through', () => {
  for (const descr of ["'|O'", "'O8'", "[('a', '|O')]", "[('a', '<f8'), ('b', [('c', '|O', (2,))])]"])
    assert.deepEqual(findings('a.npy', npy(descr)), ['imports "os.system"'], descr);
  for (const descr of ['"|O"', "'\\x4f'", "'object'", "'object_'", "'f8,O'", "'|' 'O'", "[('a', 'f8,O')]", "'(2,)O'", '[(\'a\', "O")]'])
    assert.match(findings('a.npy', npy(descr)).join(), /names types otherwise|is not as NumPy writes it/, descr);
  for (const descr of [
    "'<f8'",
    "'|b1'",
    "'<U7'",
    "'<M8[ns]'",
    "'<m8[25us]'",
    "[('a', '<f8'), ('O', '<i4', (3,)), (('long title', 'b'), '|u1')]",
  ])
    assert.deepEqual(findings('a.npy', npy(descr, new Uint8Array(8))), [], descr);
});

test('hostile 39: a pickle of protocol 0 is text, and what it makes is seen whatever the file is called', () => {
  for (const path of ['pytorch_model.bin', 'scaler.sav', 'model', 'notes.txt', 'README.md', 'config.json']) {
    assert.deepEqual(findings(path, command), ['imports "os.system"'], path);
    assert.ok(findings(path, Buffer.concat([command.subarray(0, -1), Buffer.from('\nthe rest is no pickle')])).length > 0, path);
  }
  for (const text of [
    'catboost\nlightgbm\nnumpy\n',
    'column,other\n1,2\n',
    'import os\n',
    '{"learner": {}}',
    'tree\nversion=v4\n',
    '(see above)\n',
    'I am a text.',
  ])
    assert.deepEqual(findings('requirements.txt', Buffer.from(text)), [], text);
});

test('hostile 39: a tag of YAML that makes an object of Python is unsafe', () => {
  assert.match(findings('hparams.yaml', Buffer.from('a: !!python/object/apply:os.system ["id"]\n')).join(), /tags of YAML/);
  assert.deepEqual(findings('MLmodel', Buffer.from('flavors: { onnx: { data: model.onnx } }\n')), []);
});

test('hostile 39: a file that is safetensors and a pickle at once is safe under the name of safetensors only', () => {
  // PyTorch reads the length of the header as a short text, skips so much, and comes to the command within the header
  const header = opcodes('{"__metadata__":{"a":"'.padEnd(255, ' '), command, '"}}');
  const polyglot = opcodes('U', 0xff, header.length & 0xff, 0, 0, 0, 0, 0).fill(0, 2);
  polyglot[0] = header.length & 0xff;
  polyglot[1] = header.length >> 8;
  const file = Buffer.concat([polyglot, header]);

  assert.match(findings('pytorch_model.bin', file).join(), /begins as safetensors and has another extension/);
  assert.match(findings('model.safetensors', file).join(), /is no JSON/);
  assert.deepEqual(findings('model.safetensors', readFileSync(join(fixtures, 'two.safetensors'))), []);
});

test('hostile 39: one tensor under two spellings of its name is there twice', () => {
  const header = Buffer.from(
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));

  assert.deepEqual(findings('model.safetensors', Buffer.concat([length, header, Buffer.of(1)])), ['names a tensor twice']);
});

test('hostile 39: a type of NumPy that says its objects are none would have bytes taken for addresses', () => {
  const objects = 'cnumpy\ndtype\n(VO8\n\x89\x88tR(K\x03V|\nNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb';
  const structured = (flags: string): Uint8Array =>
    opcodes(0x80, 4, 'cnumpy\ndtype\n(VV8\n\x89\x88tR(K\x03V|\nN(Va\nt}Va\n', objects, 'K\x00\x86sK\x08K\x01', flags, 'tb.');

  assert.deepEqual(findings('model.pkl', structured('K\x00')), ['makes a type of NumPy that hides references to objects']);
  assert.deepEqual(findings('model.pkl', structured('K?')), []);
});

/** A field of protobuf with bytes. */
function field(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const varint = (value: number): readonly number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)]);
  return Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
}

const external = (location: string): Uint8Array => field(13, Buffer.concat([field(1, 'location'), field(2, location)]));

test('hostile 39: a tensor in another file is found in the default of a function as well, and by the place of the model', () => {
  const attribute = field(11, field(5, external('/etc/passwd')));
  const model = Buffer.concat([field(7, field(2, 'graph')), field(25, attribute)]);
  assert.match(findings('model.onnx', model).join(), /reads the file "\/etc\/passwd", which is outside its folder/);

  const weighted = field(7, field(5, external('model.onnx_data')));
  const files = (at: string): readonly string[] =>
    findingsIn(
      scanFiles([
        { path: 'onnx/model.onnx', bytes: weighted },
        { path: at, bytes: Uint8Array.of(0, 1, 2) },
      ]),
    ).map(({ what }) => what);
  assert.deepEqual(files('onnx/model.onnx_data'), []);
  assert.ok(files('model.onnx_data').some((what) => what.includes('does not come with it')));
});

test('hostile 39: a program for another processor within an ONNX model is unsafe', () => {
  const node = field(1, Buffer.concat([field(4, 'EPContext'), field(7, 'com.microsoft')]));
  assert.deepEqual(findings('model.onnx', field(7, node)), ['loads a program for another processor (EPContext)']);
});

test('hostile 39: an archive within an archive is no second directory, and one behind the entries is', () => {
  const nested = readFileSync(join(torch, 'kind.pt2'));
  assert.deepEqual(findings('kind.pt2', nested), ['is a program of PyTorch (torch.export)']);
  const end = nested.subarray(-22);

  assert.ok(findings('kind.pt2', Buffer.concat([nested, end])).includes('has more than one end of its directory'));
});

test('hostile 39: a second name of an entry, by which some readers go, makes an archive unsafe', () => {
  const archive = Buffer.from(readFileSync(join(fixtures, 'arrays.npz')));
  const central = archive.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  const local = archive.readUInt16LE(28);
  assert.ok(local >= 4, 'the first entry has an extra field');
  const name = archive.readUInt16LE(26);
  archive.writeUInt16LE(0x7075, 30 + name);

  assert.ok(central > 0 && findings('arrays.npz', archive).includes('has a second name, which some readers take'));
});
