/** The hooks of Git (https://git-scm.com/docs/githooks) that Tidegate has something to do in. */
export const hookNames = ['post-checkout', 'post-commit', 'post-index-change', 'post-merge', 'post-rewrite', 'pre-push'] as const;
export type HookName = (typeof hookNames)[number];

export function isHookName(text: string): text is HookName {
  return (hookNames as readonly string[]).includes(text);
}

/** What tells our scripts from those of others. */
const mark = '# Tidegate, hooks of version 1:';

export function isOurs(script: string): boolean {
  return script.includes(mark);
}

/** What a hook that was there before is called since. */
export const beforeEnding = '.before-tidegate';

/** The words that start Tidegate: an interpreter and a file. */
export type Program = readonly [string, string];

/**
 * A script for the shell: the hook that was there before comes first, with the same words and input, and what it refuses is refused. When the Tidegate that
 * wrote it is gone, the one on PATH is taken; without any, Git goes on and the script says so.
 */
export function hookScript(hook: HookName, program: Program): string {
  return `#!/bin/sh
${mark} written by "tidegate hooks install", taken away by "tidegate hooks uninstall"
input=${hook === 'pre-push' || hook === 'post-rewrite' ? '$(cat)' : ''}
feed() { [ -z "$input" ] || printf '%s\\n' "$input"; }
if [ -x "$0${beforeEnding}" ]; then
  feed | "$0${beforeEnding}" "$@" || exit $?
fi
${ends[hook] ?? ''}${findProgram(program)}
  echo 'tidegate: not found, so data was not looked at by the hook ${hook}' >&2
  exit 0
fi
unset $(git rev-parse --local-env-vars)
feed | tidegate hooks call ${hook} "$@"
`;
}

/** Where the lock of every project is the one that its data was brought in step with last, there is nothing to do. The copies are those of `in-step.ts`. */
const inStepEnds = `git config --get-all tidegate.project | (
  while IFS= read -r project; do
    lock=$project/tidegate.lock
    [ -f "$lock" ] || lock=/dev/null
    cmp -s "$lock" "$place/tidegate/in-step+$(printf %s "$project" | tr / +)" || exit 1
  done
) && exit 0
`;

/** What ends here and does not concern Tidegate, which takes longer to start. */
const ends: { readonly [hook in HookName]?: string } = {
  // of most commits Git has changed no file
  'post-commit': `case "$(git reflog -1 --format=%gs)" in
commit:* | 'commit (initial)'* | 'commit (amend)'* | rebase*) exit 0 ;;
esac
`,
  'post-checkout': `place=$(git rev-parse --git-dir)
if [ "$3" = 1 ]; then
${inStepEnds}fi
`,
  // called for every index that is written, and not only with files of the working tree
  'post-index-change': `[ "$1" = 1 ] || exit 0
place=$(git rev-parse --git-dir)
${inStepEnds}`,
};

/** A merge driver (https://git-scm.com/docs/gitattributes#_defining_a_custom_merge_driver); without Tidegate it merges as Git does. */
export function mergeScript(program: Program): string {
  return `#!/bin/sh
${mark} merges tidegate.lock; called as base, ours, theirs, path
${findProgram(program)}
  exec git merge-file -L ours -L base -L theirs "$2" "$1" "$3"
fi
unset $(git rev-parse --local-env-vars)
tidegate hooks merge "$@"
`;
}

/** The beginning of an `if` whose part for the case that there is no Tidegate is open. */
function findProgram([interpreter, file]: Program): string {
  const [node, main] = [quoted(interpreter), quoted(file)];
  return `if [ -x ${node} ] && [ -f ${main} ]; then
  tidegate() { ${node} ${main} "$@"; }
elif ! command -v tidegate >/dev/null; then`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
