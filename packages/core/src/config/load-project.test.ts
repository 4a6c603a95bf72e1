import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultLog, defaultStep } from './fill-defaults.ts';
import { type Diagnostic, TidegateError } from '@tidegate/formats';
import { checkFeatureServices } from './check/check-feature-services.ts';
import { type LoadedProject, loadProject, parseProject } from './load-project.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/config');

/** Loads a text in a folder where the files are that the valid fixtures name. */
function load(text: string): LoadedProject {
  const root = join(mkdtempSync(join(tmpdir(), 'tidegate-config-')), 'My houses');
  try {
    for (const folder of ['features', 'src', 'contracts']) mkdirSync(join(root, folder), { recursive: true });
    for (const file of ['requirements.txt', 'params.yaml', 'data.csv', 'contracts/flights.odcs.yaml']) writeFileSync(join(root, file), '');
    return parseProject(text, root);
  } finally {
    rmSync(join(root, '..'), { recursive: true });
  }
}

function mistakes(text: string): readonly Diagnostic[] {
  try {
    load(text);
    return [];
  } catch (error) {
    if (error instanceof TidegateError) return error.diagnostics;
    throw error;
  }
}

function asText({ code, message, hint, place }: Diagnostic): string {
  return `${place?.line}:${place?.column}+${place?.length} ${code} ${message}${hint === null ? '' : `\n    ${hint}`}`;
}

/** Values without prototypes that differ, for comparing. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

for (const folder of ['shape', 'names'])
  for (const name of readdirSync(join(fixtures, folder)).filter((file) => file.endsWith('.yaml')))
    test(`loadProject reports every mistake of ${folder}/${name} with its place`, () => {
      const text = readFileSync(join(fixtures, folder, name), 'utf8');
      const expected = join(fixtures, folder, name.replace('.yaml', '.expected.txt'));

      const found = `${mistakes(text).map(asText).join('\n')}\n`;

      if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(expected, found);
      assert.equal(found, readFileSync(expected, 'utf8'));
    });

test('loadProject fills in every default of the least file', () => {
  const { config } = load(readFileSync(join(fixtures, 'valid/least.yaml'), 'utf8'));

  assert.deepEqual(plain(config), {
    version: 1,
    project: 'My-houses',
    python: { requirements: 'requirements.txt', interpreter: 'python3' },
    r: null,
    data: { houses: { from: { files: ['houses.csv'] }, contract: null, time: null, push: null, holdout: 0.2 } },
    features: null,
    steps: { train: { ...defaultStep, run: ['python', 'train.py'], out: { model: 'model.pkl' } } },
    pools: {},
    tests: {},
    models: {
      price: {
        artifact: { step: 'train', output: 'model' },
        evaluate: { on: { kind: 'data', dataset: 'houses' }, label: 'price', metrics: ['rmse', 'r2'], slices: [], ignore: [] },
        gate: {
          min: {},
          max: {},
          primary: { metric: 'rmse', margin: { kind: 'relative', value: 0.05 } },
          slices: null,
          confidence: 0.95,
        },
        trust: [],
      },
    },
    services: { price: { model: 'price', features: null, slo: null, log: defaultLog } },
    environments: { production: { target: 'local', tests: [], after: null, port: 0, variables: {} } },
    branches: { '*': 'gate' },
    remote: null,
    keep: { runs: 50, days: 30, collect: true },
    signatures: { required: false, trusted: [] },
    salt: null,
    monitors: {},
  });
});

test('loadProject reads every key', () => {
  const { config } = load(readFileSync(join(fixtures, 'valid/everything.yaml'), 'utf8'));

  assert.deepEqual(plain(config.data), {
    flights: {
      from: { files: ['data/flights/*.parquet', 'data/extra.parquet'] },
      contract: 'contracts/flights.odcs.yaml',
      time: 'sched_dep',
      push: null,
      holdout: null,
    },
    weather: { from: { files: ['data/weather'] }, contract: null, time: null, push: null, holdout: 0.1 },
  });
  assert.deepEqual(plain(config.steps['train']), {
    run: ['python', 'train.py', '--note', 'a b'],
    image: null,
    in: ['features.delay/train', 'steps.clean/table', 'params.yaml', 'src/**', './data.csv'],
    out: { model: 'models/delay.onnx', report: 'reports/train.json' },
    variables: {},
    secrets: {},
    cpus: 2,
    variesWith: ['cpus'],
    repeats: 'differently',
    volatile: false,
    stable: {
      report: { kind: 'json', round: { digits: 3, counted: 'decimals' }, ignore: ['seconds'] },
      model: { kind: 'output', output: 'report' },
    },
    memoryBytes: 4e9,
    gpus: 1,
    pools: { licence: 1 },
    timeoutMs: 1_800_000,
    retries: { times: 3, on: [75, 'timeout'], waitMs: 2_000, mostWaitMs: 60_000 },
    condition: {
      text: 'data.flights.rows > 10',
      test: {
        kind: 'compare',
        sign: '>',
        left: { kind: 'known', step: 'data.flights', member: 'rows' },
        right: { kind: 'value', value: 10 },
      },
    },
    for: null,
    salt: '2',
    isolation: { sandbox: false, network: true, limits: { processes: 64, openFiles: null, fileBytes: 2_000_000_000 } },
  });
  assert.deepEqual(plain(config.steps['search']?.for), {
    over: { kind: 'grid', axes: { depth: [3, 5], rate: [0.1, 0.01] } },
    out: { model: 'models/search/{item}.onnx', report: 'reports/search/{item}.json' },
    atOnce: 2,
    rate: { count: 10, perMs: 60_000 },
    allowFailures: { kind: 'share', value: 0.05 },
    best: { output: 'report', member: 'test.auc', direction: 'max' },
  });
  assert.deepEqual(plain(config.steps['search']?.out), {
    model: 'models/search',
    report: 'reports/search',
    items: 'build/items/search.json',
    'best-model': 'build/best/search/model.onnx',
    'best-report': 'build/best/search/report.json',
  });
  assert.deepEqual(plain(config.steps['months']?.for?.over), { kind: 'partitions', dataset: 'weather' });
  assert.deepEqual(plain(config.steps['ports']?.for?.over), { kind: 'each', items: ['JFK', 'LGA'] });
  assert.deepEqual(plain(config.pools), { licence: 2 });
  assert.deepEqual(plain(config.steps['clean']?.retries), { times: 2, on: null, waitMs: 1_000, mostWaitMs: 60_000 });
  assert.deepEqual(plain(config.steps['clean']?.in), ['data.weather']);
  assert.deepEqual(plain(config.steps['clean']?.variables), { LC_ALL: 'C', MODE: '1' });
  assert.deepEqual(plain(config.steps['clean']?.secrets), { TOKEN: 'API_TOKEN' });
  assert.deepEqual(plain(config.tests), {
    unit: {
      kind: 'command',
      run: ['pytest', '-q', 'tests/unit'],
      in: ['src'],
      variables: { A: 'b' },
      secrets: {},
      timeoutMs: 90_000,
      isolation: defaultStep.isolation,
      report: null,
      coverage: null,
      reruns: 0,
      select: 'all',
      quarantine: [],
    },
    rows: {
      kind: 'command',
      run: ['./rows.sh'],
      in: [],
      variables: {},
      secrets: {},
      timeoutMs: null,
      isolation: defaultStep.isolation,
      report: 'build/junit.xml',
      coverage: 'lcov.info',
      reruns: 2,
      select: 'all',
      quarantine: [{ test: 'rows::*', owner: 'anna', until: '2026-12-31', why: 'a race' }],
    },
    cleaned: {
      kind: 'table',
      table: 'steps.clean/table',
      properties: {
        rows: { sameAs: 'data.weather', atLeast: 1, atMost: 9 },
        unique: ['origin', 'hour'],
        notNull: ['origin'],
        neverAfter: { seen: 'decided' },
        never: { 'no gust below 0': 'gust < 0' },
        idempotent: null,
      },
    },
    pipeline: { kind: 'sample', share: 0.01, by: ['origin', 'carrier'] },
    golden: { kind: 'features', cases: ['tests/features/*.yaml'] },
  });
  assert.deepEqual(plain(config.models['delay']?.gate), {
    min: { auc: 0.65 },
    max: { log_loss: 0.6 },
    primary: { metric: 'log_loss', margin: { kind: 'relative', value: 0.02 } },
    slices: { margin: { kind: 'absolute', value: 0.02 }, minRows: 200, inconclusive: 'block' },
    confidence: 0.9,
    size: { most: 20_000_000, times: 1.1 },
    serving: {
      coldStart: { most: 5000, times: 1.5 },
      memory: { most: 500_000_000, times: null },
      p50: { most: null, times: 1.2 },
      p99: { most: 20, times: 1.5 },
      batch: 32,
      requests: 5000,
      starts: 9,
    },
  });
  assert.deepEqual(plain(config.services), {
    'delay-api': { model: 'delay', features: 'delay', slo: { availability: 0.999, latencyP99Ms: 50, windowDays: 28 }, log: defaultLog },
    'delay-plain': { model: 'delay', features: 'delay', slo: null, log: defaultLog },
  });
  assert.deepEqual(plain(config.remote), {
    place: { kind: 'folder', folder: '/mnt/tidegate' },
    zones: { main: 'main', 'release/*': 'release', '*': 'branch' },
    required: true,
  });
  assert.deepEqual(Object.keys(config.environments), ['staging', 'production']);
  assert.deepEqual(plain(config.environments['production']), { target: 'local', tests: [], after: 'staging', port: 0, variables: {} });
  assert.deepEqual(plain(config.branches), { main: 'production', '*': 'gate' });
  assert.deepEqual(plain(config.monitors), {
    'delay-api': {
      environment: 'staging',
      everyMs: 21_600_000,
      windowMs: 259_200_000,
      drift: { by: 'rows', floor: 0.2, falseAlarms: 0.05, together: true, ignore: ['month'] },
      quality: {
        labels: ['data/labels/*.parquet'],
        label: 'late',
        metric: 'auc',
        margin: { kind: 'absolute', value: 0.03 },
        maturityMs: 172_800_000,
        minCoverage: 0.5,
      },
      staleness: { modelMs: 7_776_000_000, dataMs: 172_800_000, featuresMs: 21_600_000 },
      retrain: {
        on: [{ kind: 'drift' }, { kind: 'quality' }, { kind: 'data' }, { kind: 'age', ms: 2_592_000_000 }],
        cooldownMs: 43_200_000,
      },
    },
    'delay-plain': {
      environment: 'production',
      everyMs: 86_400_000,
      windowMs: 604_800_000,
      drift: { by: 'windows', floor: 0.1, falseAlarms: 0.01, together: false, ignore: [] },
      quality: {
        labels: ['labels.csv'],
        label: 'label',
        metric: 'log_loss',
        margin: { kind: 'relative', value: 0.05 },
        maturityMs: 86_400_000,
        minCoverage: 0.8,
      },
      staleness: null,
      retrain: null,
    },
  });
});

test('loadProject takes empty sections as absent', () => {
  const { config } = load(readFileSync(join(fixtures, 'valid/empty-sections.yaml'), 'utf8'));

  assert.deepEqual([Object.keys(config.data), Object.keys(config.models), config.features], [[], [], null]);
  assert.equal(config.data['constructor'], undefined);
});

test('loadProject reads the file of a folder, and says how to make one that is missing', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-config-'));
  try {
    await assert.rejects(loadProject(root), /TG-CONFIG-FILE-MISSING: .*it has no "tidegate.yaml"/);
    writeFileSync(join(root, 'tidegate.yaml'), 'version: 1\nproject: here\n');

    assert.equal((await loadProject(root)).config.project, 'here');
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a name that is not fit for a project is made so', () => {
  const names = ['My project', '.hidden', 'über/x', '---', 'a'.repeat(70)].map(
    (name) => parseProject('version: 1', join('/nowhere', name)).config.project,
  );

  assert.deepEqual(names, ['My-project', 'hidden', 'x', 'project', 'a'.repeat(63)]);
});

test('rows that were put aside can be read only where a dataset has such', () => {
  const text = (quarantine: string): string => `version: 1
data: { t: { from: { files: t.csv }, contract: t.yaml${quarantine} } }
steps: { mend: { run: x, in: [data.t.quarantine], out: { o: o.txt } }, more: { run: x, in: [data.s.quarantine], out: { p: p.txt } } }
`;
  const told = (quarantine: string): readonly string[] =>
    mistakes(text(quarantine))
      .filter(({ code }) => code === 'TG-CONFIG-UNKNOWN-REFERENCE')
      .map(({ message, hint }) => `${message}: ${hint}`);

  const unknown = 'Cannot read "data.s.quarantine": there is no dataset "s": Did you mean "data.t"?';
  assert.deepEqual(told(', quarantine: { leave_out: true }'), [unknown]);
  assert.deepEqual(told(', quarantine: false'), [
    'Cannot read "data.t.quarantine": no rows of "data.t" are put aside: Add "quarantine: { leave_out: true }" to "t"',
    unknown,
  ]);
});

test('rows that were put aside are refused with the reason where only a dataset can stand', () => {
  const text = `version: 1
data: { t: { from: { files: t.csv }, contract: t.yaml, quarantine: { leave_out: true } } }
steps: { train: { run: x, for: { partitions: data.t.quarantine }, out: { o: 'o/{partition}.pkl' } } }
models: { m: { artifact: steps.train.o, evaluate: { on: data.t.quarantine, label: l, metrics: [auc] } } }
`;

  assert.deepEqual(
    mistakes(text)
      .map(({ message }) => message)
      .filter((message) => message.includes('quarantine')),
    [
      'Cannot use "data.t.quarantine" here: rows that were put aside are one file, and have no partitions',
      'Cannot use "data.t.quarantine" here: a model is judged by what its data contract promises, and these rows break it',
    ],
  );
});

test('checkFeatureServices reports each unknown service once, with the nearest', () => {
  const text = readFileSync(join(fixtures, 'valid/everything.yaml'), 'utf8');
  const project = load(text);
  const lineOf = (part: string) => text.split('\n').findIndex((line) => line.includes(part)) + 1;

  assert.deepEqual(checkFeatureServices(project, ['delay', 'other']), []);
  assert.deepEqual(checkFeatureServices(project, ['delays']).map(asText), [
    `${lineOf('in: [features.delay/train')}:10+20 TG-CONFIG-UNKNOWN-REFERENCE Cannot find the feature service "delay": "features" defines no such service\n    Did you mean "delays"?`,
    `${lineOf('evaluate: { on: features.delay/test')}:21+19 TG-CONFIG-UNKNOWN-REFERENCE Cannot find the feature service "delay": "features" defines no such service\n    Did you mean "delays"?`,
  ]);
});

test('hostile 24: thousands of wrong names are refused in a few seconds', () => {
  const chain = Array.from({ length: 2_000 }, (_, i) => `  e${i}: { after: e${i + 1} }`).join('\n');
  const wrong = Array.from({ length: 1_500 }, (_, i) => `  s${i}: { run: a, in: [steps.t${i}/x], out: { o: out/${i} } }`).join('\n');
  const before = process.cpuUsage();

  const found = mistakes(`version: 1\nenvironments:\n${chain}\nsteps:\n${wrong}\n`);

  const { user } = process.cpuUsage(before);
  assert.equal(found.length, 101);
  assert.equal(found.at(-1)?.code, 'TG-CONFIG-MORE-MISTAKES');
  assert.equal(found.at(-1)?.message, 'Cannot show every mistake of the file: 1401 more were found');
  assert.ok(user < 10e6, `${user / 1e6} s`);
});
