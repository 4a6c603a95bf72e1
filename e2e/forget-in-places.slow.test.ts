import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { callCommandLine } from '../packages/cli/src/test-command-line.ts';
import { addToken, serveRemote } from '../packages/core/src/index.ts';
import { type S3Server, skipWithoutS3, startS3Server } from '../packages/core/src/platform/s3/test-s3-server.ts';
import { filesWithText } from '../packages/core/src/store/remote/test-bytes-in-remote.ts';

const planted = 'Zacharias planted once';

/** Where a remote is, as its server has it on the disk. */
interface Place {
  /** Of `tidegate.yaml`. */
  readonly remote: string;
  /** Folder with all that the server keeps. */
  readonly folder: string;
  readonly variables: NodeJS.ProcessEnv;
}

interface Trial {
  readonly write: (files: { readonly [path: string]: string }) => void;
  readonly git: (...words: readonly string[]) => void;
  readonly sound: (line: string) => Promise<string>;
}

function trial(t: TestContext, { variables }: Place): Trial {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-erased-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const cwd = join(folder, 'project');
  mkdirSync(join(cwd, 'data/notes'), { recursive: true });
  const own = {
    ...variables,
    PATH: process.env['PATH'],
    HOME: folder,
    TIDEGATE_HOME: join(folder, 'home'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const git: Trial['git'] = (...words) => void execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@t', ...words], { cwd });
  const trialIn: Trial = {
    write: (files) => {
      for (const [path, text] of Object.entries(files)) writeFileSync(join(cwd, path), text);
    },
    git,
    sound: async (line) => {
      const { code, stdout, stderr } = await callCommandLine(line.split(' '), { cwd, variables: own });
      assert.equal(code, 0, `${line}: ${stdout}${stderr}`);
      return stdout;
    },
  };
  git('init', '--quiet', '--initial-branch', 'main');
  trialIn.write({ '.gitignore': 'data/\ntables/\nbuild/\n' });
  return trialIn;
}

function yaml(remote: string | null): string {
  return `version: 1
project: trial
${remote === null ? '' : `remote: ${remote}\n`}data:
  people: { from: { files: data/people.csv }, table: { key: id } }
  notes: { from: { files: data/notes } }
`;
}

function people(name: string, note: string): string {
  return `id,name\n${Array.from({ length: 300 }, (_, id) => `${id},${id === 7 ? name : `name ${id}`} ${note}`).join('\n')}\n`;
}

/** Rows that are forgotten, and a version that nothing names any more, leave no byte in what the server has on its disk. */
async function leavesNoByte(t: TestContext, place: Place): Promise<void> {
  const { write, git, sound } = trial(t, place);
  const commit = async (subject: string, ...more: readonly string[]): Promise<void> => {
    write({ 'tidegate.yaml': yaml(null) }); // results of runs stay for their own time
    await sound('data commit');
    write({ 'tidegate.yaml': yaml(place.remote) });
    git('add', '.');
    git('commit', '--quiet', '--message', subject, ...more);
    await sound('data push');
  };
  write({ 'data/people.csv': people(planted, 'first'), 'data/notes/a.txt': 'a note that stays' });
  await commit('First');
  write({ 'data/people.csv': people(planted, 'second') });
  await commit('Second');
  assert.notDeepEqual(await filesWithText(place.folder, planted), []);

  const told = await sound('data forget people --key id=7 --yes');

  assert.match(told, /erased from the remote/);
  assert.deepEqual(await filesWithText(place.folder, planted), []);
  assert.notDeepEqual(await filesWithText(place.folder, 'name 8 second'), []);

  const unwanted = 'a note that nobody should have';
  write({ 'data/notes/b.txt': unwanted });
  await commit('Notes');
  assert.notDeepEqual(await filesWithText(place.folder, unwanted), []);
  write({ 'data/notes/b.txt': 'a better note' });
  await commit('Notes', '--amend');
  await sound('remote gc --grace 0s');
  assert.notDeepEqual(await filesWithText(place.folder, 'a note that stays'), []);
  await sound('remote verify');
  if (!place.remote.includes('versioned')) assert.deepEqual(await filesWithText(place.folder, unwanted), []);
}

test(
  'in S3 no byte is left of rows that are forgotten and of what nothing names, versions of a bucket that keeps them included',
  {
    skip: skipWithoutS3() ?? false,
  },
  async (t) => {
    await using server: S3Server = await startS3Server();
    const variables = { TIDEGATE_SECRET_S3_SECRET: server.secretKey };
    for (const prefix of ['plain', 'versioned']) {
      const { bucket } = await server.makeBucket({ keepsVersions: prefix === 'versioned' });
      const remote = `{ s3: { bucket: ${bucket}, prefix: ${prefix}, region: ${server.region}, endpoint: "${server.endpoint}", access_key: ${server.accessKey}, secret_key: { secret: S3_SECRET } } }`;
      await leavesNoByte(t, { remote, folder: join(server.folder, '..'), variables });
    }
  },
);

test('on the disk of a server no byte is left of rows that are forgotten and of what nothing names', async (t) => {
  const served = mkdtempSync(join(tmpdir(), 'tidegate-served-'));
  const tokens = join(served, 'tokens');
  const token = await addToken(tokens, { zone: 'main', name: 'team' });
  const server = await serveRemote({ folder: join(served, 'remote'), tokens, port: 0, tls: null });
  t.after(async () => {
    await server.close();
    rmSync(served, { recursive: true, force: true });
  });
  const remote = `{ http: { url: "http://127.0.0.1:${server.port}", token: { secret: TEAM_TOKEN } } }`;
  await leavesNoByte(t, { remote, folder: served, variables: { TIDEGATE_SECRET_TEAM_TOKEN: token } });
});
