import assert from 'node:assert/strict';
import { test } from 'node:test';
import { githubWorkflow, gitlabJob, type WorkflowSettings } from './workflow-files.ts';

const settings: WorkflowSettings = {
  name: 'tidegate',
  version: '0.1.0',
  below: '',
  defaultBranch: 'main',
  requirements: 'requirements.txt',
  python: '3.12',
};

test('code of a pull request from a fork gets no secret and no right to write', () => {
  const { text } = githubWorkflow(settings);

  assert.match(text, /^ {2}pull_request:$/m);
  assert.doesNotMatch(text, /^ *pull_request_target:/m);
  assert.doesNotMatch(text, /secrets\./);
  assert.match(text, /persist-credentials: false/);
});

test('the job has the rights that it needs and no other, an end, and the whole history', () => {
  const { text } = githubWorkflow(settings);
  const rights = /^permissions:\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? '';

  assert.deepEqual([...rights.matchAll(/^ {2}([\w-]+: \w+)/gm)].map((match) => match[1] ?? '').toSorted(), [
    'contents: read',
    'pull-requests: write',
    'statuses: write',
  ]);
  assert.match(text, /timeout-minutes: \d+/);
  assert.match(text, /fetch-depth: 0/);
});

test('results and reports are kept also when the change does not pass', () => {
  const { text } = githubWorkflow(settings);

  assert.match(text, /actions\/cache\/save@v\d+\n {8}if: always\(\)/);
  assert.match(text, /actions\/upload-artifact@v\d+\n {8}if: always\(\)/);
  assert.match(gitlabJob(settings)[0].text, /when: always #[^]*artifacts:\n {4}when: always/);
});

test('a project in a folder of a repository has files, caches and paths of its own', () => {
  const below = { ...settings, name: 'tidegate-houses', below: 'teams/houses' };
  const [job, pipeline] = gitlabJob(below);
  const github = githubWorkflow(below);

  assert.equal(github.path, '.github/workflows/tidegate-houses.yml');
  assert.match(github.text, /working-directory: teams\/houses/);
  assert.match(github.text, /paths: \["teams\/houses\/\*\*", "\.github\/workflows\/tidegate-houses\.yml"\]/);
  assert.match(github.text, /hashFiles\('teams\/houses\/requirements\.txt'\)/);
  assert.match(job.text, /^tidegate-houses:$/m);
  assert.match(job.text, /junit: teams\/houses\/build\/ci\/junit\.xml/);
  assert.equal(pipeline.text, 'include:\n  - local: .gitlab/tidegate-houses.gitlab-ci.yml\n');
});

test('without a requirements file no virtual environment is kept', () => {
  const without = { ...settings, requirements: null };

  assert.doesNotMatch(githubWorkflow(without).text, /hashFiles/);
  assert.doesNotMatch(gitlabJob(without)[0].text, /tidegate-python/);
});
