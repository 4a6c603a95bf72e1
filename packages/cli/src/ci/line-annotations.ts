import { createHash } from 'node:crypto';
import type { Annotation } from '@tidegate/core';

/** Annotations of one level that GitHub shows of a step; what is printed beyond is shown nowhere. */
const mostShown = 10;
const longestMessage = 4_000;

/**
 * Lines that GitHub Actions turns into annotations at lines of a pull request: `::error file=a.py,line=3,title=…::…`
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands). They need no token, so a pull request from a fork has them too.
 */
export function workflowCommands(annotations: readonly Annotation[]): readonly string[] {
  const shown = (['error', 'warning'] as const).flatMap((wanted) =>
    annotations.filter(({ level }) => level === wanted).slice(0, mostShown),
  );
  return shown.map(({ level, file, line, subject, message }) => {
    const title = `Tidegate: ${subject}`;
    return `::${level} file=${property(file)},line=${line},title=${property(title)}::${data(message.slice(0, longestMessage))}`;
  });
}

/** A text of others must not become a command: no line of it begins one. */
function data(text: string): string {
  return text.toWellFormed().replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * What does not pass as GitLab's Code Quality report, which it shows at the lines of a merge request
 * (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
 */
export function codeQualityFile(annotations: readonly Annotation[]): string {
  const entries = annotations.map(({ level, rule, subject, name, file, line, message }, index) => ({
    description: message.toWellFormed().slice(0, longestMessage),
    check_name: `tidegate/${rule}`,
    // of several with one fingerprint GitLab shows the first
    fingerprint: createHash('sha256')
      .update(JSON.stringify([rule, subject, name, timesBefore(annotations, index)]))
      .digest('hex'),
    severity: level === 'error' ? 'major' : 'minor',
    location: { path: file, lines: { begin: line } },
  }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}

/** How many of the same name come before it. */
function timesBefore(annotations: readonly Annotation[], index: number): number {
  const own = annotations[index];
  return annotations.slice(0, index).filter(({ rule, subject, name }) => rule === own?.rule && subject === own.subject && name === own.name)
    .length;
}
