import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startDockerRegistry } from '../packages/core/src/oci/test-registry.ts';
import { type Stage, stage } from './rig/play.ts';

const cache = process.env['TIDEGATE_CI_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate-ci');
/** A folder that `tidegate image base --copy-to` has made: tests reach no mirror. */
const mirror = process.env['TIDEGATE_DEBIAN_MIRROR'] ?? join(cache, 'debian-mirror');
/** Packages of npm for the processor that this machine may not have, by `npm pack`. */
const npmPackages = join(cache, 'npm-arm64');
const missing = [
  existsSync(join(mirror, 'dists')) ? null : `packages of Debian in "${mirror}"`,
  existsSync(npmPackages) ? null : `packages of npm in "${npmPackages}"`,
  ...['podman', 'skopeo', 'docker-registry'].map((name) => (spawnSync(name, ['--version']).error === undefined ? null : name)),
].filter((name) => name !== null);
if (missing.length > 0 && process.env['TIDEGATE_REQUIRE_SERVICES'] === '1') throw new Error(`Missing: ${missing.join(', ')}`);
const options = { skip: missing.length === 0 ? false : `missing: ${missing.join(', ')}` };

const fixtures = resolve(import.meta.dirname, '../packages/serving/fixtures');

/** A project whose training step copies a model of prices of houses. */
async function houses(): Promise<Stage> {
  const source = mkdtempSync(join(tmpdir(), 'tg-houses-'));
  mkdirSync(join(source, 'data'));
  const rows = Array.from({ length: 400 }, (_, index) => {
    const [area, rooms] = [30 + ((index * 37) % 170), 1 + ((index * 7) % 6)];
    return `${index % 2 === 0 ? 'Ulm' : 'Bonn'},${area},${rooms},${area * 2 + rooms * 5 + ((index * 13) % 11)}`;
  });
  writeFileSync(join(source, 'data/houses.csv'), `town,area,rooms,price\n${rows.join('\n')}\n`);
  cpSync(join(fixtures, 'regression.onnx'), join(source, 'seed.onnx'));
  writeFileSync(join(source, '.gitignore'), 'build/\nmodel.onnx\n');
  writeFileSync(
    join(source, 'tidegate.yaml'),
    `version: 1
project: houses
data: { houses: { from: { files: data/houses.csv } } }
steps: { train: { run: cp seed.onnx model.onnx, in: [data.houses, seed.onnx], out: { model: model.onnx } } }
models: { price: { artifact: steps.train.model, evaluate: { on: data.houses, label: price, metrics: [rmse] }, gate: { max: { rmse: 1000 } } } }
services: { price-api: { model: price } }
`,
  );
  const place = await stage(source);
  rmSync(source, { recursive: true });
  await succeeds(place, ['run']);
  return place;
}

/** One for all of them, so that Node and its libraries are packed once. */
let place: Stage;
before(async () => {
  if (options.skip === false) place = await houses();
});
after(async () => {
  if (options.skip === false) await place[Symbol.asyncDispose]();
});

async function succeeds(place: Stage, argv: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await place.tidegate(argv);
  assert.equal(code, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
}

interface BuiltJson {
  readonly release: string;
  readonly digest: string;
  readonly name: string;
  readonly layers: readonly { readonly what: string; readonly digest: string; readonly isReused: boolean; readonly platform: string }[];
}

async function built(place: Stage, argv: readonly string[]): Promise<BuiltJson> {
  const { code, stdout, stderr } = await place.tidegate(['image', ...argv, '--json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as BuiltJson;
}

/** podman with a store of its own; a machine that may not raise limits starts containers with lower ones, and by runc. */
function podmanIn(t: TestContext): (...argv: string[]) => string {
  const root = mkdtempSync(join(tmpdir(), 'tg-podman-'));
  const configuration = join(root, 'containers.conf');
  writeFileSync(configuration, '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n[engine]\nruntime = "runc"\n');
  const common = ['--root', join(root, 'store'), '--runroot', join(root, 'run'), '--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs'];
  const podman = (...argv: string[]): string =>
    execFileSync('podman', [...common, ...argv], {
      env: { ...process.env, CONTAINERS_CONF: configuration },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  t.after(() => {
    podman('rm', '--all', '--force', '--time', '0');
    rmSync(root, { recursive: true, force: true });
  });
  return podman;
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

test('what an image cannot be built of is refused with what to do, and nothing is left half-written', options, async () => {
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [['build'], /TG-IMAGE-BASE[\s\S]*tidegate image base/],
    [['base', '--mirror', join(mirror, 'none')], /TG-IMAGE-PACKAGE/],
    [['base', '--mirror', mirror, '--package', 'no-such-package'], /TG-IMAGE-PACKAGE: .*"no-such-package"/],
    [['base', '--platform', 'amd64'], /TG-IMAGE-PLATFORM/],
  ];
  for (const [argv, said] of refusals) {
    const { code, stderr } = await place.tidegate(['image', ...argv]);
    assert.notEqual(code, 0, argv.join(' '));
    assert.match(stderr, said);
  }
  assert.equal(existsSync(join(place.project, 'image-base.json')), false);

  await succeeds(place, ['image', 'base', '--mirror', mirror]);
  const base = readFileSync(join(place.project, 'image-base.json'), 'utf8');
  writeFileSync(join(place.project, 'image-base.json'), base.replaceAll(/sha256:[0-9a-f]{64}/g, `sha256:${'0'.repeat(64)}`));
  const tampered = await place.tidegate(['image', 'build']);
  assert.notEqual(tampered.code, 0);
  assert.match(tampered.stderr, /TG-IMAGE-PACKAGE: .* has the digest sha256:[0-9a-f]{64}, and sha256:0{64} is wanted/);
  assert.deepEqual(
    [existsSync(join(place.project, 'build/price-api.tar')), existsSync(join(place.project, 'build/.gitignore'))],
    [false, true],
  );
});

test(
  'a release becomes an image that podman runs without root and without writing, and that answers as the release does',
  options,
  async (t) => {
    await succeeds(place, ['run']);
    await succeeds(place, ['image', 'base', '--mirror', mirror]);

    const image = await built(place, ['build']);
    const podman = podmanIn(t);
    podman('load', '--input', join(place.project, 'build/price-api.tar'));
    const port = await freePort();
    const limits = ['--read-only', '--cap-drop', 'all', '--security-opt', 'no-new-privileges'];
    const variables = ['--env', `TIDEGATE_SERVE_PORT=${port}`, '--env', 'TIDEGATE_SERVE_HOST=127.0.0.1'];
    const id = podman('run', '--detach', '--network', 'host', ...limits, ...variables, image.name);
    const address = `http://127.0.0.1:${port}`;
    for (let left = 600; ; left -= 1) {
      if (
        await fetch(`${address}/v2/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break;
      assert.equal(podman('inspect', '--format', '{{.State.Running}}', id), 'true', 'the container ended');
      assert.ok(left > 0, 'not ready within a minute');
      await delay(100);
    }
    const known = JSON.parse(readFileSync(join(fixtures, 'regression.cases.json'), 'utf8')) as { rows: object[]; prediction: number[] };
    const answer = await fetch(`${address}/v1/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows: known.rows }),
    });
    const { release, predictions } = (await answer.json()) as { release: string; predictions: { prediction: number }[] };
    const user = podman('top', id, 'user').split('\n').at(-1);
    podman('stop', '--time', '20', id);

    assert.equal(release, image.release);
    for (const [index, { prediction }] of predictions.entries())
      assert.ok(Math.abs(prediction - (known.prediction[index] ?? Number.NaN)) < 1e-3, `row ${index}`);
    assert.equal(user, 'nonroot');
    assert.equal(podman('inspect', '--format', '{{.State.ExitCode}}', id), '0', 'it drained when it was asked to stop');
  },
);

test('an image has the same digest twice, and another model changes its last layer alone', options, async () => {
  await succeeds(place, ['image', 'base', '--mirror', mirror]);

  const first = await built(place, ['build', '--format', 'layout']);
  rmSync(join(place.home, 'image-layers'), { recursive: true });
  const again = await built(place, ['build', '--out', 'build/again.tar']);
  const changed = Buffer.concat([readFileSync(join(place.project, 'seed.onnx')), Buffer.from([0x12, 0x01, 0x78])]); // producer_name "x" of the ONNX format
  writeFileSync(join(place.project, 'seed.onnx'), changed);
  await succeeds(place, ['run']);
  const other = await built(place, ['build', '--out', 'build/other.tar']);

  assert.equal(again.digest, first.digest);
  assert.ok(again.layers.every(({ isReused }) => !isReused));
  assert.notEqual(other.digest, first.digest);
  const differing = other.layers.filter(({ digest }, index) => digest !== first.layers[index]?.digest);
  assert.deepEqual(
    differing.map(({ what }) => what),
    ['release'],
  );
  assert.deepEqual(
    other.layers.filter(({ isReused }) => !isReused).map(({ what }) => what),
    ['release'],
  );
  const seen = JSON.parse(
    execFileSync('skopeo', ['inspect', `oci:${join(place.project, 'build/price-api-image')}`], { encoding: 'utf8' }),
  ) as { Digest: string; Layers: string[] };
  assert.equal(seen.Digest, first.digest);
  assert.deepEqual(
    seen.Layers,
    first.layers.map(({ digest }) => digest),
  );
});

/** Serves packages of npm that lie in a folder, as its registry describes them: tests reach no other. */
async function npmRegistry(t: TestContext): Promise<string> {
  const tarball = (name: string): string => join(npmPackages, `${name.replace('@', '').replace('/', '-')}.tgz`);
  const server = createHttpServer((request, response) => {
    const [, name = '', version = ''] = /^\/(.+)\/([^/]+)$/.exec(decodeURIComponent(request.url ?? '')) ?? [];
    if (name === 'files') return void response.end(readFileSync(join(npmPackages, version)));
    const file = tarball(`${name}-${version}`);
    if (!existsSync(file)) return void response.writeHead(404).end();
    const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
    const address = `http://${request.headers.host}/files/${file.slice(npmPackages.length + 1)}`;
    return void response.end(JSON.stringify({ name, version, dist: { tarball: address, integrity } }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.close());
  const bound = server.address();
  return `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
}

test('an image of two processors is pushed to a registry under one name, from which each gets its own', options, async (t) => {
  place.variables['npm_config_registry'] = await npmRegistry(t);
  await using registry = await startDockerRegistry();
  const both = ['--platform', 'linux/amd64', '--platform', 'linux/arm64'];
  await succeeds(place, ['image', 'base', '--mirror', mirror, ...both]);

  const image = await built(place, ['push', `${registry.host}/team/price-api:v1`, ...both]);
  const layersFor = (architecture: string): string[] =>
    (
      JSON.parse(
        execFileSync(
          'skopeo',
          ['--override-arch', architecture, 'inspect', '--tls-verify=false', `docker://${registry.host}/team/price-api:v1`],
          { encoding: 'utf8' },
        ),
      ) as { Layers: string[] }
    ).Layers;

  assert.equal(image.name, `${registry.host}/team/price-api@${image.digest}`);
  for (const architecture of ['amd64', 'arm64'])
    assert.deepEqual(
      layersFor(architecture),
      image.layers.filter(({ platform }) => platform === `linux/${architecture}`).map(({ digest }) => digest),
    );
});
