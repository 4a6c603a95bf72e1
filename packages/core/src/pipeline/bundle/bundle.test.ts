import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type BundleManifest, type RunRecord, type Zone } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { writeTar } from '../../store/index.ts';
import { findAnyResult } from '../cache/results.ts';
import { joinKind, shellKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step, type TestProject } from '../test-project.ts';
import { exportBundle, manifestName, objectName } from './export-bundle.ts';
import { importBundle } from './import-bundle.ts';

/** What no shell and no file system should get to interpret; each is one whole name of a file. */
const oddNames = ['-rf', 'a b', '$(touch x)', 'new\nline', "quote'", '"', '`id`', ';', 'ä'.repeat(127), '{a,b}', '%2e%2e', '\u001b[31m'];

const names = oddNames.map((name) => `'tree/${name.replaceAll("'", `'\\''`)}'`).join(' ');
const folder = step('tree', {
  kind: 'shell',
  settings: { run: `mkdir tree; for f in ${names}; do printf %s "$f" > "$f"; done; chmod +x tree/-rf` },
  outputs: [{ name: 'tree', path: 'tree', publish: true }],
});
const steps = [step('a', { in: ['a.txt'] }), folder];

interface Machine {
  readonly project: TestProject;
  readonly ran: string[];
}

async function makeMachine(t: TestContext, zone: Zone = 'main'): Promise<Machine> {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran), shellKind(ran)], zone });
  project.write('a.txt', 'A');
  return { project, ran };
}

const exportTo = (file: string, { project }: Machine, run: RunRecord) =>
  exportBundle(
    project.parts,
    { steps: run.steps.map(({ step: name, key }) => ({ step: name, key: key ?? assert.fail() })), releases: [], artifacts: [] },
    file,
  );

const importFrom = (file: string, { project }: Machine, zone: Zone) => {
  const { store, state, home, platform } = project.parts;
  return importBundle({ store, state, home, clock: platform.clock, project: 'demo' }, file, zone);
};

function makeFile(t: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-bundle-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  return join(place, 'bundle.tar');
}

test('hostile 10: a bundle carries results to a home that has none, with every name of a file as it was', async (t) => {
  const file = makeFile(t);
  const [from, to] = [await makeMachine(t), await makeMachine(t)];
  const made = await from.project.run(steps);
  const exported = await exportTo(file, from, made);

  const imported = await importFrom(file, to, 'main');
  const run = await to.project.run(steps);

  assert.equal(exported.results, 2);
  assert.equal(imported.results, 2);
  assert.deepEqual(outcomes(run), ['steps.a: hit', 'steps.tree: hit']);
  assert.deepEqual(to.ran, []);
  assert.deepEqual(readdirSync(join(to.project.root, 'tree')).toSorted(), [...oddNames].toSorted());
  for (const name of oddNames) assert.equal(readFileSync(join(to.project.root, 'tree', name), 'utf8'), `tree/${name}`);
  assert.equal(run.steps[0]?.from?.taken?.place, file);
  assert.equal(run.steps[0]?.madeBy, made.id);
  assert.equal((await importFrom(file, to, 'main')).results, 0);
});

test('what is imported is of the zone that the importer names, whatever zone it was made in', async (t) => {
  const file = makeFile(t);
  const [from, main] = [await makeMachine(t, 'release'), await makeMachine(t, 'main')];
  await exportTo(file, from, await from.project.run(steps.slice(0, 1)));

  await importFrom(file, main, 'untrusted');
  const planned = await main.project.plan(steps.slice(0, 1));
  await importFrom(file, main, 'main');

  assert.deepEqual(planned[0]?.reasons, [{ kind: 'less-trusted', zone: 'untrusted' }]);
  assert.deepEqual(outcomes(await main.project.run(steps.slice(0, 1))), ['steps.a: hit']);
});

test('an import does not replace a result that is there and whole', async (t) => {
  const file = makeFile(t);
  const [from, to] = [await makeMachine(t), await makeMachine(t)];
  await exportTo(file, from, await from.project.run(steps.slice(0, 1)));
  const own = await to.project.run(steps.slice(0, 1));

  assert.equal((await importFrom(file, to, 'main')).results, 0);

  assert.equal(findAnyResult(to.project.parts.state, own.steps[0]?.key ?? assert.fail())?.run, own.id);
});

interface Entry {
  readonly name: string;
  readonly content: string;
}

const write = (file: string, entries: readonly Entry[]): Promise<void> => writeTar(file, packed(entries));

async function* packed(entries: readonly Entry[]) {
  for (const { name, content } of entries) yield { path: name, bytes: Buffer.byteLength(content), source: Buffer.from(content) };
}

/** A bundle with one object, its manifest changed and its entries made by `more`. */
function bundleOf(
  text: string,
  more: { readonly manifest?: Partial<BundleManifest>; readonly content?: string; readonly name?: string },
): readonly Entry[] {
  const digest = digestOfBytes(text);
  const manifest = { format: 'tidegate.bundle/1', results: [], releases: [], objects: [{ digest, bytes: text.length }], ...more.manifest };
  return [
    { name: manifestName, content: JSON.stringify(manifest) },
    { name: more.name ?? objectName(digest), content: more.content ?? text },
  ];
}

const digest = digestOfBytes('tide');
const hostile: readonly (readonly [what: string, bundle: readonly Entry[], says: RegExp])[] = [
  ['an object with other bytes', bundleOf('tide', { content: 'tidE' }), /have another digest/],
  ['an object of another length', bundleOf('tide', { content: 'tides' }), /is not the one that its manifest announces/],
  ['an entry that its manifest does not announce', bundleOf('tide', { name: 'hooks/post-checkout' }), /is not the one that its manifest/],
  [
    'a manifest of another version',
    bundleOf('tide', { manifest: { format: 'tidegate.bundle/2' as 'tidegate.bundle/1' } }),
    /of another version/,
  ],
  [
    'a manifest that announces more',
    bundleOf('tide', {
      manifest: {
        objects: [
          { digest, bytes: 4 },
          { digest: `sha256:${'f'.repeat(64)}` as typeof digest, bytes: 1 },
        ],
      },
    }),
    /it has 1 of the 2 objects/,
  ],
  [
    'a manifest that announces 10 PB',
    bundleOf('tide', { manifest: { objects: [{ digest, bytes: 1e16 - 1e9 }] } }),
    /of another version|it unpacks to/,
  ],
  ['no manifest', [{ name: objectName(digest), content: 'tide' }], /does not begin with/],
  ['nothing', [], /it is empty/],
  ['a manifest that is no JSON', [{ name: manifestName, content: '{' }], /is no JSON/],
  [
    'a result without its objects',
    bundleOf('tide', { manifest: { results: [resultWith(digestOfBytes('other'))] } }),
    /without its objects/,
  ],
  [
    'a result whose key is none',
    bundleOf('tide', { manifest: { results: [resultWith(digest)] } }),
    /the key of a result of "steps.a" is that of another/,
  ],
];

function resultWith(key: typeof digest): BundleManifest['results'][number] {
  return {
    format: 'tidegate.shared-result/1',
    key,
    step: 'steps.a' as BundleManifest['results'][number]['step'],
    run: 'r-20261123-202553-3f9a' as RunRecord['id'],
    outputs: {},
    evidence: [],
    facts: {},
    durationMs: 1,
    recordedAt: '2026-11-23T20:25:53.000Z',
  };
}

for (const [what, bundle, says] of hostile)
  test(`rows 8 and 9: a bundle with ${what} is refused, and nothing of it stays`, async (t) => {
    const file = makeFile(t);
    await write(file, bundle);
    const machine = await makeMachine(t);
    const { home, state } = machine.project.parts;

    await assert.rejects(importFrom(file, machine, 'main'), says);

    const left = readdirSync(home.objects, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.tmp-'));
    assert.deepEqual(left, []);
    assert.equal(state.prepare('SELECT count(*) AS rows FROM result').get()?.['rows'], 0);
  });

test('rows 8 and 9: an archive that names places outside writes nothing there', async (t) => {
  const file = makeFile(t);
  const machine = await makeMachine(t);
  const manifest = JSON.stringify({ format: 'tidegate.bundle/1', results: [], releases: [], objects: [{ digest, bytes: 4 }] });
  const outside = join(file, '../outside.txt');

  for (const name of [outside, `../../../../../../../..${outside}`, '../outside.txt']) {
    await write(file, [
      { name: manifestName, content: manifest },
      { name, content: 'tide' },
    ]);
    await assert.rejects(importFrom(file, machine, 'main'), /TG-STORE-BUNDLE/);
  }

  assert.deepEqual(readdirSync(join(file, '..')), ['bundle.tar']);
  assert.equal(await machine.project.parts.store.has(digest), false);
});
