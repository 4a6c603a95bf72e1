import { type CiContext, type Forge, type JudgedChange, openForge, openHttpClient, readCiContext, type StatusState } from '@tidegate/core';
import { type Diagnostic, failure, TidegateError } from '@tidegate/formats';
import type { Invocation } from '../command.ts';
import { pageMarker } from './change-page.ts';
import { md } from './markdown.ts';
import { verdictSentence, verdictWord } from './verdict-sentence.ts';

/** What was posted; what could not be is in `problems`, and takes nothing from the verdict. */
export interface Posted {
  /** Null when there is no pull request, or it could not be posted. */
  readonly comment: 'made' | 'updated' | null;
  readonly status: boolean;
  readonly problems: readonly Diagnostic[];
}

/** Posts about one change to the forge that the CI job works for. */
export interface Posting {
  readonly context: CiContext;
  /** Says at the commit that it is being judged. */
  readonly announce: () => Promise<void>;
  /** Says that it could not be judged. */
  readonly giveUp: (error: unknown) => Promise<void>;
  readonly finish: (change: JudgedChange, page: string) => Promise<Posted>;
  readonly [Symbol.dispose]: () => void;
}

/** @throws TG-CI-NO-FORGE outside of a CI that is known: there is nothing to post to */
export async function openPosting({ variables }: Invocation, project: string): Promise<Posting> {
  const context = await readCiContext(variables);
  if (context === null)
    throw failure(
      'TG-CI-NO-FORGE',
      'Cannot post a comment: this is no job of GitHub Actions, Gitea Actions or GitLab CI, or its variables are not there',
      'Leave "--comment" out: tidegate ci',
    );
  const http = openHttpClient();
  const problems: Diagnostic[] = [];
  const noted = async <T>(work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof TidegateError)) throw error;
      const [problem] = error.diagnostics;
      if (!problems.some(({ message }) => message === problem.message)) problems.push(problem);
      return null;
    }
  };
  // a cancelled run tells its end as well
  const forge = context.token === null ? null : openForge({ context, token: context.token, http, signal: new AbortController().signal });
  if (forge === null) problems.push(noToken(context));
  const setStatus = async (state: StatusState, description: string): Promise<boolean> => {
    if (forge === null || context.commit === null) return false;
    const { commit, runUrl: url } = context;
    return (await noted(forge.setStatus({ commit, name: `tidegate/${project}`, state, description, url }).then(() => true))) ?? false;
  };
  return {
    context,
    announce: async () => {
      await setStatus('running', 'is being judged');
    },
    giveUp: async (error) => {
      await setStatus('broken', error instanceof TidegateError ? error.diagnostics[0].message : 'Tidegate was interrupted, or broke');
    },
    finish: async (change, page) => {
      const word = verdictWord(change);
      const status = await setStatus(stateOf(word), `${word}: ${verdictSentence(change)}`.replaceAll(/\s+/g, ' '));
      const posted = await noted(comment(forge, context, { project, page }));
      await noted(review(forge, context, { project, annotations: change.annotations }));
      return { comment: posted, status, problems };
    },
    [Symbol.dispose]: () => http[Symbol.dispose](),
  };
}

async function comment(
  forge: Forge | null,
  { pullRequest }: CiContext,
  { project, page }: { readonly project: string; readonly page: string },
): Promise<'made' | 'updated' | null> {
  if (forge === null || pullRequest === null) return null;
  return forge.comment({ pullRequest, marker: pageMarker(project), body: page });
}

/** More comments than a reader of a change looks at. */
const mostLines = 30;

/** What does not pass, at its lines; all else is in the comment. */
async function review(
  forge: Forge | null,
  { pullRequest, commit }: CiContext,
  { project, annotations }: { readonly project: string; readonly annotations: JudgedChange['annotations'] },
): Promise<void> {
  if (forge === null || pullRequest === null || commit === null) return;
  const lines = annotations
    .filter(({ level }) => level === 'error')
    .slice(0, mostLines)
    .map(({ file, line, message }) => ({ file, line, body: md`${message.slice(0, 2_000)}`.text }));
  const marker = pageMarker(project);
  await forge.review({ pullRequest, commit, marker, body: `${marker}\n\nWhat does not pass, at its lines.`, lines });
}

function stateOf(word: string): StatusState {
  if (word === 'pass' || word === 'nothing measured') return 'passed'; // as the exit code says
  return word === 'fail' || word === 'inconclusive' ? 'failed' : 'broken';
}

function noToken({ kind }: CiContext): Diagnostic {
  const variable = kind === 'gitlab' ? 'TIDEGATE_GITLAB_TOKEN' : 'GITHUB_TOKEN';
  return {
    code: 'TG-CI-POST',
    message: `Cannot post: the job has no token in ${variable}`,
    hint: 'Give it one that may write comments and statuses; a pull request from a fork has none, which is as it should be',
    place: null,
  };
}
