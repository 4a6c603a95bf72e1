import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { spawnAndWait, tidegateProgram } from './rig/play.ts';

/** Has the schemas of SchemaStore in it. */
const checker = 'check-jsonschema==0.39.0';
const required = process.env['TIDEGATE_REQUIRE_SERVICES'] === '1';
const skip = !required && spawnSync('python3', ['--version']).error !== undefined && '"python3" is not on this machine';
let tools = '';
/** Why it cannot be checked on this machine. */
let lacks: string | null = null;

before(() => {
  if (skip !== false) return;
  tools = mkdtempSync(join(tmpdir(), 'tg-checker-'));
  run('python3', '-m', 'venv', tools);
  const { status } = spawnSync(join(tools, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', checker]);
  if (status !== 0) lacks = `"${checker}" cannot be installed from here`;
  assert.ok(!required || lacks === null, lacks ?? '');
});
after(() => {
  if (tools !== '') rmSync(tools, { recursive: true });
});

function run(...[program = '', ...argv]: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, argv, { encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${argv.join(' ')}: ${stdout}${stderr}`);
}

function validate(schema: 'github-workflows' | 'gitlab-ci', ...files: readonly string[]): void {
  run(join(tools, 'bin/check-jsonschema'), '--builtin-schema', `vendor.${schema}`, ...files);
}

/** A repository with a project in a folder of it; `.` = its top. */
function repository(t: TestContext, folder: string) {
  const top = mkdtempSync(join(tmpdir(), 'tg-workflow-'));
  t.after(() => rmSync(top, { recursive: true, force: true }));
  const project = join(top, folder);
  mkdirSync(project, { recursive: true });
  const python = 'python: { requirements: requirements.txt, interpreter: python3.11 }';
  writeFileSync(join(project, 'tidegate.yaml'), `version: 1\nproject: houses\n${python}\nsteps: { train: { run: python train.py } }\n`);
  writeFileSync(join(project, 'requirements.txt'), '');
  writeFileSync(join(project, 'train.py'), '');
  run('git', 'init', '--quiet', '--initial-branch', 'main', top);
  const variables = { ...process.env, TIDEGATE_HOME: join(top, 'home'), FORCE_COLOR: '0' };
  const init = (ci: string) => spawnAndWait(process.execPath, [tidegateProgram, 'ci', '--init', ci], { cwd: project, variables });
  return { top, init };
}

for (const folder of ['.', 'teams/a house'])
  test(`the workflow files of a project in "${folder}" are valid by the schemas of GitHub and GitLab`, { skip }, async (t) => {
    if (lacks !== null) return t.skip(lacks);
    const { top, init } = repository(t, folder);
    const name = folder === '.' ? 'tidegate' : 'tidegate-houses';

    assert.deepEqual([(await init('github')).code, (await init('gitlab')).code], [0, 0]);

    validate('github-workflows', join(top, `.github/workflows/${name}.yml`));
    validate('gitlab-ci', join(top, `.gitlab/${name}.gitlab-ci.yml`), join(top, '.gitlab-ci.yml'));
    assert.match(readFileSync(join(top, `.github/workflows/${name}.yml`), 'utf8'), /python-version: "3\.11"/);
  });

test(
  'a file of the user is not written over, a pipeline that is there is only to be told of the job, and writing again is fine',
  { skip },
  async (t) => {
    const { top, init } = repository(t, '.');
    mkdirSync(join(top, '.github/workflows'), { recursive: true });
    writeFileSync(join(top, '.github/workflows/tidegate.yml'), 'mine');
    writeFileSync(join(top, '.gitlab-ci.yml'), 'stages: [test]\n');

    const [github, gitlab, again, unknown] = [await init('github'), await init('gitlab'), await init('gitlab'), await init('jenkins')];

    assert.deepEqual([github.code, gitlab.code, again.code, unknown.code], [2, 0, 0, 2]);
    assert.match(github.stderr, /TG-CI-FILE/);
    assert.equal(readFileSync(join(top, '.github/workflows/tidegate.yml'), 'utf8'), 'mine');
    assert.match(gitlab.stdout, /Include it in \.gitlab-ci\.yml: include: \[\{ local: \.gitlab\/tidegate\.gitlab-ci\.yml \}\]/);
    assert.equal(readFileSync(join(top, '.gitlab-ci.yml'), 'utf8'), 'stages: [test]\n');
  },
);
