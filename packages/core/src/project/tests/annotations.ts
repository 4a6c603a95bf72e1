import { join, normalize } from 'node:path';
import type { Evidence, RunRecord } from '@tidegate/formats';
import { existsSync } from '../../platform/index.ts';
import { placeInRepository } from '../ci/repository-root.ts';
import type { Project } from '../project.ts';
import type { TestedSuite } from './tested-suites.ts';

/** What does not pass, at a line of a file: for those who show it beside the code. */
export interface Annotation {
  /** `error` blocks; `warning` does not. */
  readonly level: 'error' | 'warning';
  /** What kind of thing it is: `test`, `slice`, or the code of an error. */
  readonly rule: string;
  /** What it is about, and of it what: the same in every run. */
  readonly subject: string;
  readonly name: string;
  /** Relative to the top of the Git repository, or to the project outside of one. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface Measured {
  readonly run: Pick<RunRecord, 'steps'>;
  readonly suites: readonly TestedSuite[];
  /** What was measured beside the run. */
  readonly beside: readonly Evidence[];
}

/**
 * Everything of a run that does not pass, at its place: a failed test where it failed, whatever else at the part of `tidegate.yaml` that declares it. Errors
 * first, each kind in the order of the run.
 */
export async function annotationsOf(project: Project, { run, suites, beside }: Measured): Promise<readonly Annotation[]> {
  const below = (await placeInRepository(project.root))?.below ?? '';
  const inRepository = (file: string): string => normalize(join(below, file)).replaceAll('\\', '/');
  const declared = (subject: string): Pick<Annotation, 'file' | 'line'> => ({
    file: inRepository('tidegate.yaml'),
    line: lineOf(project, subject),
  });
  const found: Annotation[] = [];
  const told = new Set<string>();
  for (const { step, report, blocking } of suites)
    for (const one of report?.cases ?? []) {
      if (one.outcome !== 'failed' && one.outcome !== 'flaky') continue;
      const level = blocking && one.quarantine === undefined ? 'error' : 'warning';
      const own = one.place !== undefined && existsSync(join(project.root, one.place.file)) ? one.place : null;
      const place = own === null ? declared(step) : { file: inRepository(own.file), line: own.line ?? 1 };
      const message = `${one.name} ${one.outcome === 'flaky' ? 'is flaky' : 'failed'}${one.message === '' ? '' : `: ${one.message}`}`;
      found.push({ level, rule: 'test', subject: step, name: one.name, ...place, message });
      told.add(step);
    }
  const note = ({ kind, subject, name, verdict, blocking, reason }: Evidence): void => {
    if (verdict === 'pass') return;
    const level = blocking ? 'error' : 'warning';
    found.push({ level, rule: kind, subject, name, ...declared(subject), message: `${subject}: ${reason} (${verdict})` });
  };
  beside.forEach(note);
  for (const { step, evidence, failure } of run.steps) {
    if (failure !== null)
      found.push({ level: 'error', rule: failure.code, subject: step, name: step, ...declared(step), message: failure.message });
    evidence.filter(({ kind }) => kind !== 'test' || !told.has(step)).forEach(note);
  }
  return [...found.filter(({ level }) => level === 'error'), ...found.filter(({ level }) => level === 'warning')];
}

/** Sections of `tidegate.yaml` in which steps of another name are declared. */
const sections: { readonly [kind: string]: string } = { checks: 'data', consumers: 'data', anomalies: 'data', trials: 'services' };

/** The line that declares `models.delay`; of a name that is nowhere in the file, that of its section, else the first. */
function lineOf({ source }: Project, subject: string): number {
  const [kind = '', ...rest] = subject.split('.');
  const [name = ''] = rest.join('.').split('@');
  const section = sections[kind] ?? kind;
  return source.placeOf([section, name], 'name')?.line ?? source.placeOf([section], 'name')?.line ?? 1;
}
