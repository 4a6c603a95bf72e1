import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Json, TidegateError } from '@tidegate/formats';
import { judgeImported } from '../test-judge-imported.ts';
import { importContract } from '../import-contract.ts';
import { importPandera } from './import-pandera.ts';
import { readPandera } from './read-pandera.ts';

interface Verdict {
  readonly engine: 'pandas' | 'polars';
  readonly schema: string;
  readonly description: Json;
  readonly success: boolean;
}

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

test('rules from schemas find what Pandera finds on the same rows, of pandas and of polars', async () => {
  const { verdicts } = JSON.parse(fixture('verdicts.json')) as { readonly verdicts: readonly Verdict[] };
  const ours = await judgeImported(
    fixture('rows.sql'),
    verdicts.map(({ description }) => importPandera(description, 't') ?? assert.fail()),
  );

  // a whole number is a number too, as docs/how-to/bring-checks-along.md says
  const differsOnPurpose = ["pa.DataFrameSchema({'n': pa.Column(float, nullable=True)})"];
  assert.deepEqual(
    verdicts.flatMap(({ engine, schema, success }, index) =>
      ours[index] === success || differsOnPurpose.includes(schema) ? [] : [{ engine, schema, success, ours: ours[index] }],
    ),
    [],
  );
  assert.ok(verdicts.filter(({ success }) => !success).length > 30, 'hardly anything fails, so that nothing is compared');
});

const schemas = `
import pandera.pandas as pa
from pandera.typing import Series

S = pa.DataFrameSchema(
    {"a": pa.Column(int, [pa.Check.ge(0), pa.Check(lambda s: s > 0, name="mine", error="too small")], coerce=True),
     "b": pa.Column(float, required=False, nullable=True), "c_.*": pa.Column(regex=True)},
    checks=pa.Check(lambda frame: frame.a > 0), index=pa.Index(int))

class Model(pa.DataFrameModel):
    when: Series[pa.DateTime] = pa.Field(description="When it was", nullable=True)
    kind: str = pa.Field(isin=["a", "b"], raise_warning=True, alias="the kind")

    class Config:
        strict = True

print("a file may print what it wants")
`;

const named = process.env['TIDEGATE_PANDERA'];
const python = [...(named === undefined ? [] : [named]), 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import pandera.pandas'], { encoding: 'utf8' }).status === 0,
);
const isNeeded = process.env['TIDEGATE_REQUIRE_SERVICES'] === '1';

test(
  'a schema and a model are told by the Python of the user',
  { skip: python === undefined && !isNeeded && 'no Python with Pandera is here: name one in TIDEGATE_PANDERA' },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-pandera-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'schemas.py');
    writeFileSync(path, schemas);
    const told = async (name: string): Promise<string> => readPandera({ python: python ?? '', path, file: 'schemas.py', name });
    const schema = importContract({ file: 'schemas.py:S', text: await told('S'), from: 'pandera', name: 't' });
    const model = importContract({ file: 'schemas.py:Model', text: await told('Model'), from: 'pandera', name: 't' });

    assert.deepEqual(
      schema.notTaken.map(({ column, why }) => [column, why]),
      [
        ['a', 'values are judged as they are, and not converted before (coerce)'],
        ['a', 'it is a function of yours: write it as a rule of type sql'],
        ['b', 'the column must be there (required=False lets it be absent)'],
        [null, 'a property is one column, not all that match a pattern'],
        [null, 'it is a function over the table: write it as a rule of type sql'],
        [null, 'an index is no column of the data'],
      ],
    );
    assert.match(model.text, /name: when\n +logicalType: timestamp\n +description: When it was\n/);
    assert.match(model.text, /name: the kind\n +logicalType: string\n +required: true\n[^-]+- metric: invalidValues[^]+severity: warning/);
    await assert.rejects(
      told('Other'),
      (error) => error instanceof TidegateError && /the file has no 'Other'; it has Model, S/.test(error.message),
    );
  },
);

test('Python without Pandera, and a file that cannot be run, are told with what Python says', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-pandera-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'schemas.py');
  writeFileSync(path, 'import no_such_module_of_anybody\n');

  await assert.rejects(
    readPandera({ python: 'python3', path, file: 'schemas.py', name: 'S' }),
    (error) =>
      error instanceof TidegateError &&
      error.diagnostics[0].code === 'TG-DATA-CONTRACT-FOREIGN' &&
      /No module named 'no_such_module_of_anybody'/.test(error.message),
  );
});
