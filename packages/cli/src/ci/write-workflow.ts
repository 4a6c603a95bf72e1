import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { placeInRepository, type Project } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import { version } from '../version.ts';
import { githubWorkflow, gitlabJob, type WorkflowFile } from './workflow-files.ts';

/** Files written, relative to the top of the repository, and what is left to do. */
export interface WrittenWorkflow {
  readonly top: string;
  readonly files: readonly string[];
  readonly next: readonly string[];
}

/** Writes the workflow files for a CI. @throws TG-CLI-USAGE for one that is not known; TG-CI-FILE when other files have their names */
export async function writeWorkflow({ root, config }: Project, ci: string): Promise<WrittenWorkflow> {
  if (ci !== 'github' && ci !== 'gitlab')
    throw failure(
      'TG-CLI-USAGE',
      `Cannot write a workflow for "${ci}"`,
      'Write "tidegate ci --init github" or "tidegate ci --init gitlab"',
    );
  const place = (await placeInRepository(root)) ?? { top: root, below: '', defaultBranch: null };
  const settings = {
    name: place.below === '' ? 'tidegate' : `tidegate-${config.project}`,
    version,
    below: place.below,
    defaultBranch: place.defaultBranch ?? 'main',
    requirements: config.python.requirements,
    python: /^python(3\.\d+)$/.exec(config.python.interpreter)?.[1] ?? '3.12',
  };
  const { files, next } = ci === 'github' ? forGithub(githubWorkflow(settings)) : forGitlab(place.top, gitlabJob(settings));
  for (const file of files) await refuseOther(place.top, file);
  for (const { path, text } of files) {
    await mkdir(dirname(join(place.top, path)), { recursive: true });
    await writeFile(join(place.top, path), text);
  }
  return { top: place.top, files: files.map(({ path }) => path), next };
}

interface Workflow {
  readonly files: readonly WorkflowFile[];
  readonly next: readonly string[];
}

function forGithub(file: WorkflowFile): Workflow {
  return { files: [file], next: [`Commit it: git add ${file.path}`] };
}

function forGitlab(top: string, [job, pipeline]: readonly [WorkflowFile, WorkflowFile]): Workflow {
  const hasPipeline = existsSync(join(top, pipeline.path));
  const add = hasPipeline ? [`Include it in ${pipeline.path}: include: [{ local: ${job.path} }]`] : [];
  return {
    files: hasPipeline ? [job] : [job, pipeline],
    next: [...add, 'Make a project access token with the scope "api", and put it into the CI/CD variable TIDEGATE_GITLAB_TOKEN, masked'],
  };
}

async function refuseOther(top: string, { path, text }: WorkflowFile): Promise<void> {
  const present = await readFile(join(top, path), 'utf8').catch(() => null);
  if (present === null || present === text) return;
  throw failure(
    'TG-CI-FILE',
    `Cannot write "${path}": the repository has another file of that name`,
    `Move it away first: git mv ${path} ${path}.old`,
  );
}
