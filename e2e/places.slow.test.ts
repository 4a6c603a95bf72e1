import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { addToken, serveRemote } from '../packages/core/src/index.ts';
import { type S3Server, skipWithoutS3, startS3Server } from '../packages/core/src/platform/s3/test-s3-server.ts';
import { type Ended, spawnAndWait, tidegateProgram } from './rig/play.ts';

/** A machine with a clone of the same project, and where its remote is. */
interface Machine {
  readonly folder: string;
  readonly project: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly tidegate: (...argv: readonly string[]) => Promise<Ended>;
}

interface Setting {
  readonly folder: string;
  /** Makes one more machine. */
  readonly machine: (name: string, variables?: NodeJS.ProcessEnv) => Promise<Machine>;
}

/** A project with a dataset and a step for each of two machines, whose remote is at a place. */
async function makeSetting(t: TestContext, remote: string): Promise<Setting> {
  const folder = mkdtempSync(join(tmpdir(), 'tg-places-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const origin = join(folder, 'origin');
  mkdirSync(join(origin, 'data'), { recursive: true });
  writeFileSync(join(origin, 'data/houses.csv'), 'id,price\n1,100\n2,200\n');
  writeFileSync(join(origin, '.gitignore'), 'data/\nout/\n');
  const step = (name: string): string =>
    `  ${name}: { run: cp data/houses.csv out/${name}.csv, in: [data.houses], out: { table: out/${name}.csv } }\n`;
  writeFileSync(
    join(origin, 'tidegate.yaml'),
    `version: 1\nproject: shop\nremote: ${remote}\ndata: { houses: { from: { files: data/*.csv } } }\nsteps:\n${step('a')}${step('b')}`,
  );
  const git = async (...argv: readonly string[]): Promise<void> => {
    const user = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    const { code, stderr } = await spawnAndWait('git', [...user, ...argv], { cwd: origin, variables: process.env });
    assert.equal(code, 0, stderr);
  };
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'Start');
  return {
    folder,
    machine: async (name, more = {}) => {
      const own = join(folder, name);
      const project = join(own, 'shop');
      mkdirSync(own);
      cpSync(origin, project, { recursive: true });
      const clean = Object.fromEntries(
        Object.entries(process.env).filter(([variable]) => !/^(AWS_|TIDEGATE_|GITHUB_|GITLAB_)/.test(variable)),
      );
      const variables = {
        ...clean,
        HOME: own,
        TIDEGATE_HOME: join(own, 'home'),
        FORCE_COLOR: '0',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...more,
      };
      return {
        folder: own,
        project,
        variables,
        tidegate: (...argv) => spawnAndWait(process.execPath, [tidegateProgram, ...argv], { cwd: project, variables }),
      };
    },
  };
}

/** Files below a folder in which a text stands, as it is or in base64. */
function filesWith(folder: string, text: string): readonly string[] {
  const forms = [Buffer.from(text), Buffer.from(Buffer.from(text).toString('base64').slice(0, -3))];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => forms.some((form) => readFileSync(path).includes(form)));
}

/** What became of the two steps in a run of everything there. */
async function statusesOn({ tidegate }: Machine): Promise<readonly string[]> {
  const { code, stdout, stderr } = await tidegate('run', '--json');
  assert.equal(code, 0, stderr);
  const { run } = JSON.parse(stdout) as { readonly run: { readonly steps: readonly { readonly step: string; readonly status: string }[] } };
  return run.steps.filter(({ step }) => step.startsWith('steps.')).map(({ status }) => status);
}

/** Two machines push at once, each the result of its own step; a third finds both, and nowhere is the secret. */
async function twoPushAtOnce({ folder, machine }: Setting, secret: { readonly variable: string; readonly value: string }): Promise<void> {
  const variables = { [`TIDEGATE_SECRET_${secret.variable}`]: secret.value };
  const [first, second] = [await machine('first', variables), await machine('second', variables)];
  const printed: Ended[] = [];
  const call = async ({ tidegate }: Machine, ...argv: readonly string[]): Promise<Ended> => {
    const ended = await tidegate(...argv);
    printed.push(ended);
    assert.equal(ended.code, 0, `${argv.join(' ')}: ${ended.stdout}${ended.stderr}`);
    return ended;
  };
  const alone = ({ folder: own }: Machine): readonly string[] => ['--remote', join(own, 'nowhere')];
  await Promise.all([call(first, 'run', 'steps.a', ...alone(first)), call(second, 'run', 'steps.b', ...alone(second))]);

  await Promise.all([call(first, 'remote', 'push'), call(second, 'remote', 'push')]);

  const third = await machine('third', variables);
  assert.deepEqual(await statusesOn(third), ['hit', 'hit']);
  for (const { stdout, stderr } of printed) assert.ok(!`${stdout}${stderr}`.includes(secret.value));
  assert.deepEqual(filesWith(folder, secret.value), []);
}

test(
  'two machines share through S3 at once, by keys that are nowhere written down',
  { skip: skipWithoutS3() ?? false, timeout: 120_000 },
  async (t) => {
    await using server: S3Server = await startS3Server();
    const { bucket } = await server.makeBucket();
    const keys = `access_key: ${server.accessKey}, secret_key: { secret: S3_SECRET }`;
    const setting = await makeSetting(
      t,
      `{ s3: { bucket: ${bucket}, prefix: team, region: ${server.region}, endpoint: "${server.endpoint}", ${keys} } }`,
    );

    await twoPushAtOnce(setting, { variable: 'S3_SECRET', value: server.secretKey });

    assert.deepEqual(filesWith(server.folder, server.secretKey), []);
    const wrong = await setting.machine('wrong', { TIDEGATE_SECRET_S3_SECRET: 'not-the-secret' });
    assert.match((await wrong.tidegate('remote', 'push')).stderr, /TG-STORE-REMOTE: .* the secret key does not fit/);
    const none = await setting.machine('none');
    assert.match((await none.tidegate('remote', 'push')).stderr, /TG-SECRETS-MISSING: .* "S3_SECRET" has no value/);
  },
);

test(
  'a push to S3 that is killed at any moment leaves a remote that reads, and the next push ends it',
  { skip: skipWithoutS3() ?? false, timeout: 120_000 },
  async (t) => {
    await using server: S3Server = await startS3Server();
    const { bucket } = await server.makeBucket();
    const keys = { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey };
    const place = `{ bucket: ${bucket}, region: ${server.region}, endpoint: "${server.endpoint}" }`;
    const { machine } = await makeSetting(t, `{ s3: ${place} }`);
    const first = await machine('first', keys);
    const run = await first.tidegate('run', '--remote', join(first.folder, 'nowhere'));
    assert.equal(run.code, 0, run.stderr);
    const files = (): number =>
      readdirSync(join(server.folder, bucket), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

    for (const written of [0, 1, 3]) {
      const child = spawn(process.execPath, [tidegateProgram, 'remote', 'push'], {
        cwd: first.project,
        env: first.variables,
        stdio: 'ignore',
      });
      const ended = once(child, 'exit');
      let isOver = false;
      void ended.then(() => (isOver = true));
      while (!isOver && files() <= written) await delay(1);
      child.kill('SIGKILL');
      await ended;
      const reading = await (await machine(`reader-${written}`, keys)).tidegate('remote', 'pull');
      assert.equal(reading.code, 0, reading.stderr);
    }

    const push = await first.tidegate('remote', 'push');
    assert.equal(push.code, 0, push.stderr);
    assert.match((await first.tidegate('remote', 'push')).stdout, /Shared: 0 results, 0 objects/);
    assert.deepEqual(await statusesOn(await machine('other', keys)), ['hit', 'hit']);
  },
);

test(
  'keys of the environment and an address on the command line do as well',
  { skip: skipWithoutS3() ?? false, timeout: 60_000 },
  async (t) => {
    await using server: S3Server = await startS3Server();
    const { bucket } = await server.makeBucket();
    const { machine } = await makeSetting(t, '{ folder: ../nowhere }');
    const keys = { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey };
    const { tidegate } = await machine('first', {
      ...keys,
      TIDEGATE_REMOTE: `s3://${bucket}?region=${server.region}&endpoint=${server.endpoint}`,
    });

    const run = await tidegate('run', 'steps.a');

    assert.equal(run.code, 0, run.stderr);
    assert.ok(readdirSync(join(server.folder, bucket)).includes('tidegate-remote.json'));
    assert.match((await tidegate('run', '--remote', 's3://me:secret@bucket')).stderr, /TG-CLI-USAGE: Cannot use "s3:\/\/…@bucket"/);
  },
);

test('two machines share through a server at once, and a token below main writes nothing for main', { timeout: 120_000 }, async (t) => {
  const served = mkdtempSync(join(tmpdir(), 'tg-served-'));
  const tokens = join(served, 'tokens');
  const token = await addToken(tokens, { zone: 'main', name: 'team' });
  const low = await addToken(tokens, { zone: 'untrusted', name: 'forks' });
  const server = await serveRemote({ folder: join(served, 'remote'), tokens, port: 0, tls: null });
  t.after(async () => {
    await server.close();
    rmSync(served, { recursive: true, force: true });
  });
  const setting = await makeSetting(t, `{ http: { url: "http://127.0.0.1:${server.port}", token: { secret: TEAM_TOKEN } } }`);

  await twoPushAtOnce(setting, { variable: 'TEAM_TOKEN', value: token });

  assert.deepEqual(filesWith(served, token), []);
  const fork = await setting.machine('fork', { TIDEGATE_SECRET_TEAM_TOKEN: low });
  writeFileSync(join(fork.project, 'data/houses.csv'), `id,price\n${randomBytes(4).readUInt32LE()},1\n`);
  const run = await fork.tidegate('run', 'steps.a');
  assert.match(run.stderr, /Not shared with the remote:\n.*TG-STORE-REMOTE-ZONE/);
});
