import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scanFile } from './index.ts';
import { opcodes } from './test-pickle.ts';

/*
 * Pickles that Python reads otherwise than they look. Each ran its command when CPython 3.11, joblib 1.6.0 (with NumPy 2.4.6) or scipy 1.17.1 loaded it, or was stopped by
 * a mistake behind it, and a scanner that trusted the first look let it through.
 */

type Bytes = Uint8Array;

const proto = opcodes(0x80, 4);
const short = (word: string): Bytes => opcodes(0x8c, word.length, word);
/** Keeps a text under a key of protocol 0, and takes it from the stack. */
const keep = (word: string, key: string): string => `V${word}\np${key}\n0`;
/** `os.system(…)`, as long as it is asked to be, leaving nothing on the stack. */
const command = (length = 64): Bytes => opcodes('cos\nsystem\n(V'.concat('true'.padEnd(length - 17), '\ntR0'));

const newWrapper = 'cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81';
const float64 = 'cnumpy\ndtype\n(Vf8\n\x89\x88tR(K\x03V<\nNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb';
const side = (count: number): Bytes => opcodes('K', count, 0x85);

/** A joblib file: an object that stands for an array with this state, what follows it, and the end. */
function joblib({
  made = newWrapper,
  shape,
  dtype = float64,
  more = [],
  behind,
}: {
  readonly made?: string;
  readonly shape: Bytes;
  readonly dtype?: string;
  readonly more?: readonly Bytes[];
  readonly behind: readonly Bytes[];
}): Bytes {
  const state = opcodes('}(', short('shape'), shape, short('dtype'), dtype, ...more, 'ub');
  return opcodes(proto, made, state, ...behind, '.');
}

/** Eight bytes that are an array for Python, and for who takes them for opcodes skip what comes. */
function hiding(skipped: Bytes): Bytes {
  return opcodes('B', skipped.length + 3, 0, 0, 0, 0, 0, 0);
}

const array = new Uint8Array(8);
const hidden = [hiding(command()), command(), '0'] as const;
const asBytes = (parts: readonly (Bytes | string)[]): readonly Bytes[] => parts.map((part) => opcodes(part));
/** So many sides that the array reaches over the command, which Python comes to at once as the shape it sees is one row. */
const overCommand = side(1 + command().length / 8);

const evasions: { readonly [how: string]: Bytes } = {
  'numbers that Python reads and others do not: two keys of its memory are one here': opcodes(
    proto,
    `${keep('os', '1_0')}${keep('builtins', '1_1')}g1_0\n${keep('system', '1_2')}${keep('set', '1_3')}g1_2\n\x93(Vtrue\ntR.`,
  ),
  'a class that runs a text of its state': opcodes(
    proto,
    'cscipy.stats._continuous_distns\nnorm_gen\n)\x81}(',
    short('_parse_arg_template'),
    short('import os; os.system("true")'),
    'ub.',
  ),
  'a class that may be made and not called, called by what it is given to': opcodes(
    proto,
    'cnumpy.random._pickle\n__generator_ctor\n(Vtrue\ncsklearn.linear_model._base\nLinearRegression\ntR.',
  ),
  'and by PyTorch': opcodes(
    proto,
    'ctorch._tensor\n_rebuild_from_type_v2\n(csklearn.linear_model._base\nRidge\ncbuiltins\nset\n(Vx\ntNtR.',
  ),
  'a state of more entries than are kept, which takes its shape back': joblib({
    shape: overCommand,
    more: [...Array.from({ length: 70 }, (_, index) => opcodes(short(`k${index}`), 'N')), opcodes(short('shape'), side(1))],
    behind: [array, command()],
  }),
  'a shape that is taken back under another spelling of its name': joblib({
    shape: overCommand,
    more: [opcodes("S'sh\\x61pe'\n", side(1))],
    behind: [array, command()],
  }),
  'and under one of Unicode': joblib({ shape: overCommand, more: [opcodes('Vsh\\u0061pe\n', side(1))], behind: [array, command()] }),
  'a name with a carriage return, which is another one': joblib({
    shape: side(1),
    more: [opcodes('Vshape\r\n', overCommand)],
    behind: [array, command()],
  }),
  'a side that is a long number': joblib({ shape: opcodes(0x8a, 1, 1, 0x85), behind: asBytes(hidden) }),
  'a set of sides, of which those that are equal are one': joblib({
    shape: opcodes(0x8f, '(K\x01K\x01K\x09', 0x90),
    behind: [array, command()],
  }),
  'what stands for an array, made by a function': joblib({
    made: 'ccopyreg\n_reconstructor\n(cjoblib.numpy_pickle\nNumpyArrayWrapper\ncbuiltins\nobject\nNtR',
    shape: side(1),
    behind: asBytes(hidden),
  }),
  'and by __newobj__': joblib({
    made: 'ccopyreg\n__newobj__\n(cjoblib.numpy_pickle\nNumpyArrayWrapper\ntR',
    shape: side(1),
    behind: asBytes(hidden),
  }),
  'a padding that is asked for by no number': joblib({
    shape: side(9),
    more: [opcodes(short('numpy_array_alignment_bytes'), ')')],
    behind: [opcodes(0), new Uint8Array(72)],
  }),
  'a type whose state says another size': joblib({
    shape: side(9),
    dtype: 'cnumpy\ndtype\n(VV8\n\x89\x88tR(K\x03V|\nNNNK\x01K\x01K\x00tb',
    behind: [new Uint8Array(9), command(63)],
  }),
  'a type of an old version, whose objects Python finds by itself': joblib({
    shape: side(9),
    dtype: 'cnumpy\ndtype\n(VV8\n\x89\x88tR(K\x02V|\nNNNK\x08K\x01tb',
    behind: [new Uint8Array(72)],
  }),
  'a frame that is read at once, the array behind it': (() => {
    const inner = opcodes(newWrapper, '}(', short('shape'), side(8), short('dtype'), float64, 'ub', command(), '.');
    return opcodes(proto, 0x95, inner.length & 255, inner.length >> 8, 0, 0, 0, 0, 0, 0, inner, new Uint8Array(64));
  })(),
  'an array in a pickle that joblib hands on': joblib({
    shape: side(1),
    dtype: 'cnumpy\ndtype\n(VO8\n\x89\x88tR',
    behind: [opcodes(proto, newWrapper, '}(', short('shape'), side(8), short('dtype'), float64, 'ub'), command(), opcodes('.')],
  }),
};

for (const [how, bytes] of Object.entries(evasions))
  test(`unsafe is ${how}`, () => {
    assert.notDeepEqual(scanFile({ path: 'model.joblib', bytes }, { own: [] }).findings, []);
  });

test('an array of joblib as its own writer writes it is passed over, and what follows is looked at', () => {
  const [harmless, harmful] = [opcodes('N0'), command()].map((behind) =>
    scanFile({ path: 'model.joblib', bytes: joblib({ shape: side(1), behind: [array, behind] }) }, { own: [] }),
  );

  assert.deepEqual(harmless?.findings, []);
  assert.deepEqual(
    harmful?.findings.map(({ name }) => name),
    ['os.system'],
  );
});
