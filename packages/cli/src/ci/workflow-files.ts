/** What a workflow needs to know of a project. */
export interface WorkflowSettings {
  /** Version of Tidegate to install. */
  readonly version: string;
  /** What files, jobs and caches are called: another one for each project of a repository. */
  readonly name: string;
  /** The project's folder in its repository; empty for its top. */
  readonly below: string;
  readonly defaultBranch: string;
  /** Requirements file relative to the project; null when there is none. */
  readonly requirements: string | null;
  /** `3.12` */
  readonly python: string;
}

export interface WorkflowFile {
  /** Relative to the top of the repository. */
  readonly path: string;
  readonly text: string;
}

const judge = 'tidegate ci --comment';

/**
 * A workflow for GitHub Actions, which Gitea and Forgejo run as well.
 *
 * Caches are kept apart by branch there: a pull request reads those of its target and writes to its own, so what code of a pull request
 * has made is never read on the default branch.
 */
export function githubWorkflow({ name, version, below, defaultBranch, requirements, python }: WorkflowSettings): WorkflowFile {
  const at = below === '' ? '' : `${below}/`;
  const path = `.github/workflows/${name}.yml`;
  const text = `# Judges every change and posts the report as one comment that is updated. Written by "tidegate ci --init github"; yours to change.
name: ${name}

on:
  # Not pull_request_target: code of a pull request runs here, and one from a fork must have no secret and no right to write.
  pull_request:${paths(below, path)}
  push:
    branches: [${quoted(defaultBranch)}]${paths(below, path)}

permissions:
  contents: read
  pull-requests: write # the comment
  statuses: write # the commit status

concurrency:
  group: ${name}-\${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: \${{ github.event_name == 'pull_request' }}

env:
  # A folder that all runners see (repository variable TIDEGATE_REMOTE, for runners of your own), else one that the cache carries.
  TIDEGATE_REMOTE: \${{ vars.TIDEGATE_REMOTE || '/tmp/tidegate-remote' }}
  TIDEGATE_VIRTUAL_ENVIRONMENTS: /tmp/tidegate-virtual-environments

jobs:
  judge:
    runs-on: ubuntu-latest
    timeout-minutes: 60${workingDirectory(below)}
    steps:
      # Pinned by major version, so that security fixes arrive by themselves; where policy wants it, write the digest of a commit instead.
      - uses: actions/checkout@v6
        with:
          fetch-depth: 0 # the commit that both sides have in common must be there
          persist-credentials: false # steps of the project find no token in .git
      - uses: actions/setup-python@v6
        with:
          python-version: "${python}"
      - run: pip install tidegate==${version}
      - uses: actions/cache/restore@v5
        if: vars.TIDEGATE_REMOTE == ''
        with:
          path: /tmp/tidegate-remote
          key: ${name}-\${{ runner.os }}-\${{ github.run_id }}-\${{ github.run_attempt }}
          restore-keys: ${name}-\${{ runner.os }}-
${requirements === null ? '' : virtualEnvironmentCache(`${at}${requirements}`, python)}      # Into a folder that others read as well, only what is merged may write.
      - run: ${judge} \${{ github.event_name == 'pull_request' && vars.TIDEGATE_REMOTE != '' && '--read-only' || '' }}
        env:
          GITHUB_TOKEN: \${{ github.token }}
      - uses: actions/cache/save@v5
        if: always() && vars.TIDEGATE_REMOTE == ''
        with:
          path: /tmp/tidegate-remote
          key: ${name}-\${{ runner.os }}-\${{ github.run_id }}-\${{ github.run_attempt }}
      - uses: actions/upload-artifact@v7
        if: always()
        with:
          name: ${name}
          path: |
            ${at}build/ci/
            ${at}build/report.html
          if-no-files-found: ignore
`;
  return { path, text };
}

/** Changes of other folders are none of this project's. */
function paths(below: string, workflow: string): string {
  return below === '' ? '' : `\n    paths: [${quoted(`${below}/**`)}, ${quoted(workflow)}]`;
}

function workingDirectory(below: string): string {
  return below === '' ? '' : `\n    defaults:\n      run:\n        working-directory: ${quoted(below)}`;
}

function virtualEnvironmentCache(requirements: string, python: string): string {
  return `      - uses: actions/cache@v5
        with:
          path: /tmp/tidegate-virtual-environments
          key: tidegate-python-\${{ runner.os }}-\${{ runner.arch }}-${python}-\${{ hashFiles('${requirements.replaceAll("'", "''")}') }}
`;
}

/**
 * A job for GitLab CI, and, where the repository has no pipeline yet, one that includes it. GitLab keeps caches of protected branches and of all others
 * apart, unless the project says otherwise.
 */
export function gitlabJob({
  name,
  version,
  below,
  requirements,
  python,
}: WorkflowSettings): readonly [job: WorkflowFile, pipeline: WorkflowFile] {
  const at = below === '' ? '' : `${below}/`;
  const changes = below === '' ? '' : `\n      changes: [${quoted(`${below}/**/*`)}]`;
  const path = `.gitlab/${name}.gitlab-ci.yml`;
  const text = `# Judges every change and posts the report as one note that is updated. Written by "tidegate ci --init gitlab"; yours to change.
#
# For the note and the commit status: a project access token with the scope "api" in the variable TIDEGATE_GITLAB_TOKEN, masked. A merge request from a
# fork does not see it, which is as it should be: its report is in the artifacts.
${name}:
  stage: test
  image: python:${python}
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"${changes}
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH${changes}
  timeout: 1 hour
  interruptible: true
  variables:
    GIT_DEPTH: "0" # the commit that both sides have in common must be there
    # The cache holds folders of the project only. Runners of your own may name one that they all see.
    TIDEGATE_REMOTE: $CI_PROJECT_DIR/.tidegate-remote${requirements === null ? '' : '\n    TIDEGATE_VIRTUAL_ENVIRONMENTS: $CI_PROJECT_DIR/.tidegate-virtual-environments'}
  cache:
    - key: ${name}
      paths: [.tidegate-remote/]
      when: always # a change that does not pass has results as well
${requirements === null ? '' : `    - key:\n        files: [${quoted(`${at}${requirements}`)}]\n        prefix: ${name}-python\n      paths: [.tidegate-virtual-environments/]\n`}  script:
    - pip install tidegate==${version}
    - printf '/.tidegate-*/\\n' >> .git/info/exclude${below === '' ? '' : `\n    - cd '${below.replaceAll("'", "'\\''")}'`}
    - ${judge}
  artifacts:
    when: always
    expire_in: 30 days
    paths: [${quoted(`${at}build/ci/`)}, ${quoted(`${at}build/report.html`)}]
    reports:
      junit: ${quoted(`${at}build/ci/junit.xml`)}
      codequality: ${quoted(`${at}build/ci/code-quality.json`)} # what does not pass, at its lines
`;
  return [
    { path, text },
    { path: '.gitlab-ci.yml', text: `include:\n  - local: ${path}\n` },
  ];
}

/** A text in YAML, in double quotes as JSON has them, where it is not plainly a name. */
function quoted(text: string): string {
  return /^[A-Za-z0-9_][A-Za-z0-9_./-]*$/.test(text) ? text : JSON.stringify(text);
}
