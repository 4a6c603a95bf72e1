import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { findingsIn, scanFile, scanFiles } from './index.ts';
import { calling, opcodes } from './test-pickle.ts';

const fixture = (name: string): { readonly path: string; readonly bytes: Uint8Array } => ({
  path: name,
  bytes: readFileSync(join(import.meta.dirname, 'fixtures', name)),
});

const whatOf = (path: string, bytes: Uint8Array, own: readonly string[] = []): readonly string[] =>
  scanFile({ path, bytes }, { own }).findings.map(({ what }) => what);

test('model files that the libraries write are safe, in every protocol and packing that can be looked into', () => {
  for (const [name, kind] of [
    ['logistic-0.pkl', 'pickle'],
    ['logistic-2.pkl', 'pickle'],
    ['logistic-5.pkl', 'pickle'],
    ['forest.joblib', 'pickle'],
    ['mixed.joblib', 'pickle'],
    ['packed.joblib', 'pickle'],
    ['lightgbm.pkl', 'pickle'],
    ['xgboost.pkl', 'pickle'],
    ['logistic.onnx', 'onnx'],
    ['two.safetensors', 'safetensors'],
    ['array.npy', 'numpy'],
    ['arrays.npz', 'numpy'],
  ] as const)
    assert.deepEqual(scanFile(fixture(name)), { path: name, kind, findings: [], reads: [] });
});

test('hostile 39: a pickle that calls anything which is on no list is unsafe, whatever name the thing goes by', () => {
  for (const [module, name] of [
    ['os', 'system'],
    ['posix', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'getattr'],
    ['pip', 'main'],
    ['pip._internal', 'main'],
    ['pydoc', 'pipepager'],
    ['timeit', 'timeit'],
    ['idlelib.run', 'Executive.runcode'],
    ['lib2to3.pgen2.pgen', 'ParserGenerator.make_label'],
    ['asyncio.unix_events', '_UnixSubprocessTransport._start'],
    ['torch.utils.bottleneck.__main__', 'run_autograd_prof'],
    ['torch.serialization', 'load'],
    ['numpy.f2py.crackfortran', 'getlincoef'],
    ['numpy.testing._private.utils', 'runstring'],
    ['joblib', 'load'],
    ['joblib.numpy_pickle', 'NDArrayWrapper'],
    ['sklearn.base', 'clone'],
    ['sklearn.datasets', 'fetch_file'],
    ['keras.utils', 'get_file'],
    ['functools', 'partial'],
    ['operator', 'methodcaller'],
    ['xgboost.core', 'Booster'],
  ] as const)
    assert.ok(
      whatOf('m.pkl', calling(module, name)).some((what) => what.includes(`"${module}.${name}"`)),
      `${module}.${name}`,
    );
});

test('a name may be had and not called: a class of scikit-learn is made without its initialiser only', () => {
  const estimator = opcodes('csklearn.linear_model._base\nLinearRegression\n', ')', 0x81, '.');

  assert.deepEqual(whatOf('m.pkl', estimator), []);
  assert.deepEqual(whatOf('m.pkl', calling('sklearn.linear_model._base', 'LinearRegression')), [
    'calls "sklearn.linear_model._base.LinearRegression"',
  ]);
  assert.deepEqual(whatOf('m.pkl', opcodes('csklearn.base\nos.system\n', '.')), ['imports "sklearn.base.os.system"']);
});

test('a name that the project trusts may be used, and no other', () => {
  const own = ['shop.model.Blend'];

  assert.deepEqual(whatOf('m.pkl', calling('shop.model', 'Blend'), own), []);
  assert.deepEqual(whatOf('m.pkl', calling('shop.model', 'run'), own), ['imports "shop.model.run"']);
});

test('hostile 39: what no pickler writes is unsafe: names made at loading, extension codes, states of classes, second pickles, ends in the middle', () => {
  const joined = opcodes(0x80, 4, 0x8c, 2, 'os', 0x94, 0x8c, 6, 'system', 0x94, 0x93, 0x94, '.');
  const made = opcodes('cbuiltins\nset\n', ')', 'R', 'Vx\n', 0x93, '.');
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [joined, /imports "os.system"/],
    [made, /only known when it is loaded/],
    [opcodes(0x80, 2, 0x82, 1, '.'), /registry/],
    [opcodes('cbuiltins\nobject\n', '}', 'b', '.'), /state to something that it has not made/],
    [opcodes('cos\nenviron\n', 'Va\n', 'Vb\n', 's.'), /no dict/],
    [opcodes('N.', calling('os', 'system')), /behind its end/],
    [opcodes('cos\nsystem\n', '(Vid\ntR'), /cannot be read to its end/],
    [opcodes('cbuiltins\nset\n', ')R)R.'), /only made when it is loaded/],
    [opcodes('(S"id"\nios\nsystem\n.'), /imports "os.system"/],
    [opcodes('(cos\nsystem\nVid\no.'), /imports "os.system"/],
    [opcodes(0x80, 2, 'X', 0xff, 0xff, 0xff, 0x7f, 'abc'), /ends in the middle/],
    [opcodes('Pstorage\n.'), /outside itself/],
    [
      opcodes(0x80, 4, 'ccopyreg\n_reconstructor\n', '(', 'cbuiltins\nobject\n', 'csklearn.base\nBaseEstimator\n', 'NtR.'),
      /of another class/,
    ],
    [opcodes('c_codecs\nencode\n', '(Vx\nVhex\ntR.'), /another code than latin1/],
    [opcodes(0x80, 2, 0xff, '.'), /opcode 0xff is not known/],
  ];
  for (const [bytes, what] of cases) assert.match(whatOf('m.pkl', bytes).join('\n'), what);
});

test('hostile 39: what a pickle breaks off with does not hide what came before', () => {
  const [first, second] = whatOf('m.pkl', opcodes('cos\nsystem\n', '(Vid\ntR', 0xff));

  assert.equal(first, 'imports "os.system"');
  assert.match(second ?? '', /cannot be read to its end/);
});

test('a name behind an array of joblib is seen, and so is one in an array of objects', () => {
  const { bytes } = fixture('forest.joblib');
  const objects = fixture('objects.npy');
  const stop = Buffer.concat([bytes.subarray(0, bytes.length - 1), opcodes('0cos\nsystem\n.')]);

  assert.deepEqual(whatOf('forest.joblib', stop), ['imports "os.system"']);
  assert.deepEqual(whatOf('objects.npy', objects.bytes), ['imports "builtins.print"']);
});

test('a packed pickle is unpacked and looked into, and one that cannot be is unsafe', () => {
  assert.deepEqual(whatOf('m.joblib', deflateSync(calling('os', 'system'))), ['imports "os.system"']);
  assert.match(whatOf('packed-xz.joblib', fixture('packed-xz.joblib').bytes).join(), /packed by xz/);
  assert.match(whatOf('m.joblib', deflateSync(calling('os', 'system')).subarray(0, 12)).join(), /cannot be unpacked/);
});

test('hostile 39: a file is what its content is: another extension makes it unsafe and hides nothing', () => {
  const [mismatch, name] = whatOf(
    'weights.safetensors',
    calling('os', 'system').length > 0 ? opcodes(0x80, 4, calling('os', 'system')) : Buffer.of(),
  );

  assert.match(mismatch ?? '', /kind "pickle"/);
  assert.equal(name, 'imports "os.system"');
  assert.match(whatOf('model.onnx', fixture('logistic-5.pkl').bytes).join(), /cannot be read as an ONNX model|no ONNX model/);
});

test('an archive of PyTorch has one pickle with tensors beside it; code of TorchScript and anything else is unsafe', () => {
  const tensors = opcodes('ccollections\nOrderedDict\n)R.');
  const entries = { 'm/data.pkl': tensors, 'm/version': Buffer.from('3\n'), 'm/data/0': Buffer.alloc(8) };

  assert.deepEqual(whatOf('m.pt', zip(entries)), []);
  assert.deepEqual(whatOf('m.pt', zip({ ...entries, 'm/data.pkl': calling('os', 'system') })), ['imports "os.system"']);
  assert.deepEqual(whatOf('m.pt', zip({ ...entries, 'm/code/__torch__.py': Buffer.from('x') })), ['is code of TorchScript']);
});

test('hostile 39: what readers of archives disagree on is unsafe: checksums, flags, names, sizes, hidden and doubled entries', () => {
  const good = zip({ 'm/data.pkl': opcodes('N.'), 'm/data/0': Buffer.alloc(8) });
  const central = good.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  const changed = (at: number, value: number): Uint8Array => {
    const copy = Buffer.from(good);
    copy.writeUInt8((copy.readUInt8(at) ^ value) & 0xff, at);
    return copy;
  };
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [changed(6, 1), /other flags in its own header/],
    [changed(central + 8, 1), /encrypted/],
    [changed(14, 0xff), /another size or checksum/],
    [changed(40, 0x20), /checksum that the archive says/],
    [changed(30, 0x20), /another name in its own header/],
    [changed(central + 10, 8), /another method|cannot be unpacked/],
    [Buffer.concat([good, Buffer.from('x')]), /bytes behind its end/],
    [Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), good]), /cannot be read|no entry accounts for/],
    [zip({ 'm/data.pkl': opcodes('N.'), '../data.pkl': opcodes('N.') }), /leads out of the archive/],
    [zip({ 'm/data.pkl': opcodes('N.'), 'm/Data.pkl': opcodes('N.') }), /is there twice/],
    [Buffer.from('PK\x03\x04 and nothing else', 'latin1'), /cannot be read/],
  ];
  for (const [bytes, what] of cases) assert.match(whatOf('m.pt', bytes).join('\n'), what);
});

test('hostile 39: a Keras model is told by what its configuration makes, and its weights in HDF5 are not known to be safe', () => {
  assert.match(whatOf('lambda.keras', fixture('lambda.keras').bytes).join(), /layer "Lambda", which holds code/);
  assert.deepEqual(whatOf('dense.keras', fixture('dense.keras').bytes), [
    'is HDF5, which may refer to other files of the machine and is not looked through; export the model as ONNX',
  ]);
  const named = { class_name: 'function', module: 'keras.utils', config: 'get_file' };
  const config = Buffer.from(
    JSON.stringify({ class_name: 'Sequential', module: 'keras', config: [named, { class_name: 'run', module: 'os' }] }),
  );
  const what = whatOf('m.keras', zip({ 'config.json': config, 'model.weights.h5': Buffer.from('x') })).join('\n');
  assert.match(what, /names the function "get_file"/);
  assert.match(what, /makes "os.run"/);
});

test('hostile 39: tensors of safetensors neither overlap nor leave gaps, and are as long as their shape says', () => {
  const file = (header: object, data: number): Uint8Array => {
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, Buffer.alloc(data)]);
  };
  const of = (from: number, until: number): object => ({ dtype: 'F32', shape: [(until - from) / 4], data_offsets: [from, until] });
  const what = (header: object, data: number): string => whatOf('m.safetensors', file(header, data)).join('\n');

  assert.equal(what({ a: of(0, 8), b: of(8, 12) }, 12), '');
  assert.match(what({ a: of(0, 8), b: of(4, 12) }, 12), /lies over another one/);
  assert.match(what({ a: of(0, 4), b: of(8, 12) }, 12), /leaves a gap/);
  assert.match(what({ a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, 8), /another length/);
  assert.match(what({ a: { dtype: 'X9', shape: [2], data_offsets: [0, 8] } }, 8), /type that is not known/);
  assert.match(what({ a: of(0, 8) }, 12), /has 12 bytes of data/);
  assert.match(what({ a: [1] }, 0), /not as the format says/);
  assert.match(whatOf('m.safetensors', Buffer.concat([Buffer.alloc(7, 0xff), Buffer.of(0)])).join(), /at most 100000000/);
});

test('hostile 39: an ONNX model reads its tensors from its own folder only, and wants no operators that a library brings', () => {
  const [external] = [fixture('external.onnx')];
  const renamed = (name: string): Uint8Array =>
    Buffer.from(Buffer.from(external.bytes).toString('latin1').replace('weights.bin', name), 'latin1');
  const domain = Buffer.concat([fixture('logistic.onnx').bytes, Buffer.of(0x42, 0x0e, 0x0a, 0x0c), Buffer.from('ai.onnx.evil')]);

  assert.deepEqual(
    findingsIn(scanFiles([external, { path: 'weights.bin', bytes: Buffer.alloc(24) }])),
    [],
    'the values of its tensors come with it',
  );
  assert.match(whatOf('external.onnx', external.bytes).join(), /does not come with it/);
  assert.match(whatOf('external.onnx', renamed('../../etc/x')).join(), /outside its folder/);
  assert.match(whatOf('external.onnx', renamed('/etc/passwd')).join(), /outside its folder/);
  assert.match(whatOf('domain.onnx', domain).join(), /operators of "ai.onnx.evil"/);
  assert.match(whatOf('short.onnx', fixture('logistic.onnx').bytes.subarray(0, 200)).join(), /cannot be read as an ONNX model/);
});

test('what is of no known kind is unsafe, and texts are data', () => {
  assert.deepEqual(whatOf('model.gguf', Buffer.from('GGUF\x03\0\0\0')), ['is of no kind that is known']);
  assert.deepEqual(whatOf('helper.py', Buffer.from('import os')), ['is code']);
  assert.deepEqual(whatOf('config.json', Buffer.from('{"a": 1}')), []);
});

/** An archive without packing, as Python's `zipfile` writes it. */
function zip(entries: { readonly [name: string]: Uint8Array }): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(entries)) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(content.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const listed = Buffer.alloc(42);
    fields.copy(listed, 2, 0, 26);
    listed.writeUInt32LE(at, 38);
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), Buffer.from(content));
    directory.push(Buffer.from('PK\x01\x02', 'latin1'), listed, Buffer.from(name));
    at += 30 + name.length + content.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(entries).length, 4);
  end.writeUInt16LE(Object.keys(entries).length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

test('no bytes make the scan fail: whatever is changed in a file, it is safe or it is told why not', () => {
  const names = ['forest.joblib', 'logistic-0.pkl', 'logistic.onnx', 'two.safetensors', 'arrays.npz', 'dense.keras', 'objects.npy'];
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(fc.record({ at: fc.double({ min: 0, max: 0.9999, noNaN: true }), value: fc.integer({ min: 0, max: 255 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      (name, changes) => {
        const bytes = Buffer.from(fixture(name).bytes);
        for (const { at, value } of changes) bytes.writeUInt8(value, Math.floor(at * bytes.length));

        assert.ok(Array.isArray(scanFile({ path: name, bytes }).findings));
      },
    ),
    { numRuns: 300 },
  );
});
