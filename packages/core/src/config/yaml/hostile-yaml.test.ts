import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Diagnostic, shape } from '@tidegate/formats';
import fc from 'fast-check';
import { parseYaml } from './parse-yaml.ts';
import { decodeYaml } from './yaml-text.ts';

// Row 24 of the threat list: a configuration that is made to hurt.

function parse(text: string): { readonly value: unknown; readonly mistakes: readonly Diagnostic[] } {
  const parsed = parseYaml('tidegate.yaml', text, shape.anything());
  return parsed.ok ? { value: parsed.value, mistakes: [] } : { value: null, mistakes: parsed.failure };
}

function refusedAs(text: string): string {
  return parse(text).mistakes[0]?.code ?? 'taken';
}

/** CPU seconds, which other work on the machine does not change much. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

test('hostile 24: an anchor bomb is refused at once', () => {
  const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
  const bomb = ['l0: &l0 [x]', ...levels].join('\n');

  assert.ok(cpuSeconds(() => assert.equal(refusedAs(bomb), 'TG-CONFIG-YAML-LIMIT')) < 2);
});

test('hostile 24: an alias of itself and a chain of aliases end', () => {
  const chain = ['a0: &a0 [x]', ...Array.from({ length: 5000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`)].join('\n');

  assert.equal(refusedAs('a: &a [*a]\n'), 'TG-CONFIG-YAML-SYNTAX');
  assert.equal(refusedAs(chain), 'TG-CONFIG-YAML-LIMIT');
});

test('hostile 24: a file of 50 MB is refused before it is parsed', () => {
  const decoded = decodeYaml(Buffer.alloc(50_000_000, 'a'));

  assert.equal(decoded.ok ? 'taken' : decoded.failure.code, 'TG-CONFIG-YAML-LIMIT');
  assert.equal(refusedAs('a: '.padEnd(5_000_000, 'b')), 'TG-CONFIG-YAML-LIMIT');
});

test('hostile 24: depth is limited and no stack overflows', () => {
  for (const unit of ['[', '{a: ', '- ', '? ', 'a: [', '[?'])
    for (const times of [100, 20_000]) assert.match(refusedAs(unit.repeat(times)), /^TG-CONFIG-YAML-(LIMIT|SYNTAX)$/, unit);
});

test('hostile 24: a name twice is refused, in linear time', () => {
  assert.equal(refusedAs('a: 1\nb: { c: 1, c: 2 }\n'), 'TG-CONFIG-DUPLICATE-NAME');
  assert.equal(refusedAs('1: a\n"1": b\n'), 'TG-CONFIG-DUPLICATE-NAME');
  const many = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n');
  assert.ok(cpuSeconds(() => assert.equal(refusedAs(many), 'taken')) < 5);
});

test('hostile 24: no name changes a prototype', () => {
  assert.equal(refusedAs('__proto__: { polluted: true }\n'), 'TG-CONFIG-YAML-UNSUPPORTED');
  const { value } = parse('constructor: { prototype: { polluted: true } }\ntoString: 1\n');

  assert.deepEqual(Object.keys(value as object), ['constructor', 'toString']);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

test('hostile 24: tags, directives, several documents and names that are no text are refused', () => {
  for (const text of [
    'a: !!js/function "x"\n',
    'a: !foo { b: 1 }\n',
    '!!set { a }\n',
    'a: !<tag:x> [1]\n',
    '%YAML 1.1\n---\na: 1\n',
    'a: 1\n---\nb: 1\n',
    '? [a, b]\n: 1\n',
  ])
    assert.equal(refusedAs(text), 'TG-CONFIG-YAML-UNSUPPORTED', text);
});

test('hostile 24: control characters and halves of characters are refused with their place', () => {
  for (const text of ['a: b\u0000c\n', 'a: \u001b[31m\n', 'a: \ud800\n', 'a: \udc00b\n']) {
    const [mistake] = parse(text).mistakes;
    assert.equal(mistake?.code, 'TG-CONFIG-NOT-TEXT');
    assert.equal(mistake?.place?.line, 1);
  }
});

test('hostile 24: numbers that are none or would lose digits are refused', () => {
  for (const text of ['a: .nan', 'a: 1e999', 'a: 12345678901234567890']) assert.equal(refusedAs(text), 'TG-CONFIG-YAML-UNSUPPORTED', text);
});

test('hostile 24: whatever the text, parsing ends with a value or with mistakes that have a place', () => {
  const piece = fc.constantFrom(
    'a',
    'b: ',
    '- ',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '&x ',
    '*x',
    '|',
    '>',
    '#',
    '!t ',
    '? ',
    ': ',
    '\t',
    '1',
    '---',
    '%',
    '<<: ',
    '\\',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      for (const { place } of parse(pieces.join('')).mistakes) assert.ok(place !== null && place.line >= 1 && place.length >= 1);
    }),
    { numRuns: 2000 },
  );
});
