import {
  type Digest,
  type Event,
  isDigest,
  type Json,
  type MissReason,
  type RunStatus,
  shortDigest,
  type StepEnd,
  type StepRecord,
  type StepStatus,
  unreachable,
  type Verdict,
} from '@tidegate/formats';
import { duration, moment } from './figures.ts';
import type { Style } from './terminal.ts';

/** Why a step runs, as a sentence without a capital: it follows a colon. */
export function reasonWords(reason: MissReason): string {
  switch (reason.kind) {
    case 'never-run':
      return 'it has never run';
    case 'input-changed':
      if (reason.before === null) return `${reason.input} is new`;
      if (reason.after === null) return `${reason.input} is gone`;
      return `${reason.input} changed`;
    case 'setting-changed':
      if (reason.setting.startsWith('secrets.')) return secretWords(reason);
      if (reason.setting === 'format') return 'this version of Tidegate makes keys in another way';
      if (reason.before === null && isStructure(reason.after)) return `${reason.setting} is new`;
      if (reason.after === null && isStructure(reason.before)) return `${reason.setting} is gone`;
      return `${reason.setting} changed from ${valueWords(reason.before)} to ${valueWords(reason.after)}`;
    case 'upstream-runs':
      return `${reason.step} runs`;
    case 'object-missing':
      return `an output is no longer in the store (${shortDigest(reason.digest)})`;
    case 'evicted':
      return `its result was taken out of the cache (${moment(reason.at)}: ${reason.why})`;
    case 'less-trusted':
      return `its only result was made in the zone ${reason.zone}, which is trusted less`;
    case 'forced':
      return 'it was asked to run again';
    case 'volatile':
      return 'it is volatile, so it runs in every run';
    default:
      return unreachable(reason);
  }
}

/** Hashes tell nobody anything. */
function secretWords({ setting, before, after }: Extract<MissReason, { readonly kind: 'setting-changed' }>): string {
  const secret = `the secret in ${setting.slice('secrets.'.length)}`;
  return before === null ? `${secret} is new` : after === null ? `${secret} is gone` : `${secret} changed`;
}

function isStructure(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}

/** A value in a sentence: digests short, long values cut. */
export function valueWords(value: Json): string {
  if (value === null) return 'nothing';
  if (typeof value === 'string')
    return isDigest(value) ? shortDigest(value) : `"${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

export const verdictStyle: Readonly<Record<Verdict, Style>> = { pass: 'green', inconclusive: 'yellow', fail: 'red', invalid: 'red' };

/** The mark before a line; one column wide. */
export const verdictMark: Readonly<Record<Verdict, string>> = { pass: '✓', inconclusive: '?', fail: '✗', invalid: '!' };

export const statusWords: Readonly<Record<StepStatus, string>> = {
  hit: 'unchanged',
  done: 'done',
  failed: 'failed',
  blocked: 'not run',
  cancelled: 'cancelled',
  skipped: 'skipped',
};

export const runWords: Readonly<Record<RunStatus, string>> = {
  running: 'is running',
  succeeded: 'succeeded',
  stopped: 'was stopped by a verdict',
  failed: 'failed',
  cancelled: 'was cancelled',
  crashed: 'was killed',
};

/** A count with its noun: `1 row`, `3 rows`, `2 branches`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')} ${count === 1 ? noun : plural}`;
}

export function shortName(digest: Digest | null): string {
  return digest === null ? 'none' : shortDigest(digest);
}

/** `steps.train ended with exit code 75; attempt 2 of 4 in 1.3 s` */
export function retryWords({ step, failed, next, attempts }: Extract<Event, { readonly kind: 'step-retried' }>): string {
  return `${step} ${endWords(failed.end)}; attempt ${next} of ${attempts} in ${duration(failed.waitMs)}`;
}

/** How the program of a step ended: `ended with exit code 75`. */
export function endWords(end: StepEnd): string {
  switch (end.kind) {
    case 'exit':
      return `ended with exit code ${end.code}`;
    case 'signal':
      return `was ended by ${end.signal}`;
    case 'timeout':
      return 'ran longer than it may';
    default:
      return unreachable(end);
  }
}

/** Why a step was skipped: `because "data.flights.rows > 1000" does not hold`. */
export function skipWords({ facts }: Pick<StepRecord, 'facts'>): string {
  const { condition, skippedBy } = facts;
  if (typeof condition === 'string') return `because "${condition}" does not hold`;
  return Array.isArray(skippedBy) ? `because ${skippedBy.join(', ')} was skipped` : 'because its condition does not hold';
}
