import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Diagnostic, shape, TidegateError } from '@tidegate/formats';
import { diagnosticAt, loadYamlFile, parseYaml, parseYamlDocument } from './parse-yaml.ts';

const step = shape.object({ run: shape.required(shape.text()), cpus: shape.optional(shape.number({ integer: true, minimum: 1 })) });
const file = shape.object({ version: shape.required(shape.number()), steps: shape.optional(shape.record(step)) });

function mistakes(text: string): readonly Diagnostic[] {
  const parsed = parseYaml('tidegate.yaml', text, file);
  return parsed.ok ? [] : parsed.failure;
}

function places(text: string): readonly string[] {
  return mistakes(text).map(({ place }) => (place === null ? '' : `${place.file}:${place.line}:${place.column}+${place.length}`));
}

test('parseYaml gives the value of a valid file', () => {
  const parsed = parseYaml('tidegate.yaml', '\uFEFFversion: 1\r\nsteps:\r\n  train: { run: python train.py }\r\n', file);

  assert.deepEqual(JSON.parse(JSON.stringify(parsed)), { ok: true, value: { version: 1, steps: { train: { run: 'python train.py' } } } });
});

test('parseYaml reports every mistake at once, each at its own place, in the order of the file', () => {
  const text = 'version: one\nsteps:\n  train: { rnu: python train.py, cpus: 0 }\n  other:\n    run: [a]\n';

  const found = mistakes(text);

  assert.deepEqual(places(text), [
    'tidegate.yaml:1:10+3',
    'tidegate.yaml:3:3+5',
    'tidegate.yaml:3:12+3',
    'tidegate.yaml:3:40+1',
    'tidegate.yaml:5:5+3',
  ]);
  assert.equal(found[2]?.hint, 'Did you mean "run"?');
  assert.equal(found[2]?.code, 'TG-CONFIG-UNKNOWN-NAME');
  assert.equal(found[1]?.message, '"steps.train" has no "run", which is required');
  assert.equal(found[1]?.place?.source, '  train: { rnu: python train.py, cpus: 0 }');
});

test('parseYaml underlines the name of an empty value and the first line of a long one', () => {
  assert.deepEqual(places('version:\n'), ['tidegate.yaml:1:1+7']);
  assert.deepEqual(places('version: |\n  a\n  b\n'), ['tidegate.yaml:1:10+1']);
});

test('parseYaml reports a syntax mistake with a hint', () => {
  const [mistake] = mistakes('version: 1\nsteps:\n\ttrain: 1\n');

  assert.equal(mistake?.code, 'TG-CONFIG-YAML-SYNTAX');
  assert.equal(mistake?.hint, 'Indent with spaces');
  assert.equal(mistake?.place?.line, 3);
});

test('parseYaml takes aliases and shows mistakes in them where they are written', () => {
  assert.deepEqual(mistakes('version: &one 1\nsteps: { a: &step { run: x }, b: *step, c: { run: y, cpus: *one } }\n'), []);
  assert.deepEqual(places('version: 1\nsteps:\n  a: &step { run: [1] }\n  b: *step\n'), ['tidegate.yaml:3:14+3', 'tidegate.yaml:3:14+3']);
});

test('parseYaml reads words of YAML 1.1 as text', () => {
  const words = shape.record(shape.text());

  assert.deepEqual(
    { ...(parseYaml('a.yaml', 'on: off\nno: yes\ntime: 12:30\nmonth: 2013-09\n', words) as { value: object }).value },
    { on: 'off', no: 'yes', time: '12:30', month: '2013-09' },
  );
});

test('loadYamlFile throws every mistake and names a missing file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-yaml-'));
  try {
    await writeFile(join(folder, 'bad.yaml'), 'version: a\nsteps: b\n');
    await writeFile(join(folder, 'latin1.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));

    await assert.rejects(
      loadYamlFile(join(folder, 'bad.yaml'), file, 'features/bad.yaml'),
      (error) => error instanceof TidegateError && error.diagnostics.map((item) => item.place?.line).join() === '1,2',
    );
    await assert.rejects(loadYamlFile(join(folder, 'none.yaml'), file), /TG-CONFIG-FILE-MISSING: Cannot read "none.yaml": ENOENT/);
    await assert.rejects(loadYamlFile(join(folder, 'latin1.yaml'), file), /TG-CONFIG-NOT-TEXT/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('diagnosticAt finds the place of a part of the value', () => {
  const parsed = parseYamlDocument('tidegate.yaml', 'version: 1\nsteps:\n  train:\n    run: x\n', file);
  assert.ok(parsed.ok);
  const at = (path: shape.Path, where: 'value' | 'name'): string => {
    const mistake = { code: 'TG-CONFIG-INVALID', message: 'Wrong', hint: null, at: where } as const;
    const place = diagnosticAt(parsed.value.document, path, mistake).place;
    return `${place?.line}:${place?.column}+${place?.length}`;
  };

  assert.equal(at(['steps', 'train', 'run'], 'value'), '4:10+1');
  assert.equal(at(['steps', 'train', 'run'], 'name'), '4:5+3');
  assert.equal(at(['steps', 'train', 'cpus'], 'value'), '3:3+5');
  assert.equal(at([], 'value'), '1:1+10');
});
