import type { UpStatus } from '@tidegate/core';
import {
  type Hindrance,
  type LoopEvent,
  type LoopNote,
  type MovedPin,
  type PathEnded,
  type PathReason,
  unreachable,
} from '@tidegate/formats';
import { bytes, duration } from './figures.ts';
import { harmless } from './terminal.ts';
import { counted } from './words.ts';

/** A line of the log of `tidegate up`: the moment, what was done, and why. */
export function noteLine(note: LoopNote): string {
  return `${note.at.slice(0, 19).replace('T', ' ')} ${harmless(noteWords(note.what)).replaceAll('\n', ' ')}`;
}

/** The same without the moment. */
export function noteWords(event: LoopEvent): string {
  switch (event.kind) {
    case 'up-started':
      return `Up: process ${event.pid}${event.address === null ? '' : `, live page at ${event.address}`}${event.to === null ? '' : `, every branch to ${event.to}`}`;
    case 'up-ended':
      return `Ended: ${{ asked: 'it was told to', once: 'nothing more is due', broke: 'by a mistake of Tidegate' }[event.why]}${event.message === null ? '' : `: ${event.message}`}`;
    case 'hindered':
      return `Waits: ${hindranceWords(event.hindrance)}`;
    case 'path-begun':
      return `Takes ${commitWords(event)} ${event.goal === 'gate' ? 'to the gate' : `to ${event.goal}`}: ${reasonWords(event.why)}`;
    case 'path-ended':
      return endWords(event);
    case 'lock-committed':
      return `Committed tidegate.lock as ${event.commit.slice(0, 12)}: ${pinsWords(event.moved)}`;
    case 'features-refreshed':
      return `Features (${refreshWords[event.why]}): ${refreshedWords(event)}`;
    case 'rows-pushed':
      return `Pushed to data.${event.dataset}: ${event.repeated ? 'a batch that had come before' : counted(event.accepted, 'row')}${event.rejected > 0 ? `, ${event.rejected} rejected` : ''}`;
    case 'monitor-checked':
      return `Monitor ${event.monitor}: ${event.verdict}${checkWords(event)}`;
    case 'services-started':
      return `Started again in ${event.environment}, where it was live and did not run: ${event.services.join(', ')}`;
    case 'start-failed':
      return `Not started again in ${event.environment}, where it is live: ${event.failure.code}: ${event.failure.message}`;
    case 'share-failed':
      return `Not shared with the remote: ${event.failure.code}: ${event.failure.message}`;
    case 'check-failed':
      return `Monitors not evaluated${event.names.length === 0 ? '' : ` (${event.names.join(', ')})`}: ${event.failure.code}: ${event.failure.message}`;
    case 'refresh-failed':
      return `Features not refreshed (${refreshWords[event.why]}): ${event.failure.code}: ${event.failure.message}`;
    case 'store-tended':
      return `Looked after the store: ${tendedWords(event)}`;
    case 'tend-failed':
      return `Not looked after the store: ${event.failure.code}: ${event.failure.message}`;
    case 'source-read':
      return `Read data.${event.dataset}: ${sourceWords(event)}`;
    case 'source-failed':
      return `Source of data.${event.dataset} cannot be read, and is tried again by itself: ${event.failure.code}: ${event.failure.message}`;
    case 'source-answers':
      return `Source of data.${event.dataset} answers again`;
    case 'source-notices':
      return event.notices.length === 0
        ? `Source of data.${event.dataset}: what was said of it is so no more`
        : `Source of data.${event.dataset}: ${event.notices.join('; ')}`;
    default:
      return unreachable(event);
  }
}

function sourceWords({ unit, rows, readRows, columns, affects }: Extract<LoopEvent, { readonly kind: 'source-read' }>): string {
  const changed = columns.map(({ change, column }) => `column ${column} ${change}`);
  const steps = affects.length === 0 ? [] : [`what depends on it: ${affects.join(', ')}`];
  return [`${counted(rows, unit)}, ${counted(readRows, unit)} of them read now`, ...changed, ...steps].join('; ');
}

function tendedWords({ collected, packed, read, problems }: Extract<LoopEvent, { readonly kind: 'store-tended' }>): string {
  const [gone, seen] = [
    `${counted(collected.objects, 'object')} (${bytes(collected.bytes)})`,
    `${counted(read.objects, 'object')} (${bytes(read.bytes)})`,
  ];
  const open = problems.filter(({ hint }) => hint !== null);
  const damage =
    problems.length === 0
      ? 'nothing is wrong'
      : `${counted(problems.length, 'damaged object')}${open.length === 0 ? ', all whole again' : ': run "tidegate store fsck"'}`;
  const cold =
    packed === undefined || packed.objects === 0
      ? ''
      : `${counted(packed.objects, 'object')} (${bytes(packed.bytes)}) packed into ${bytes(packed.writtenBytes)}, `;
  return `${gone} that nothing needs taken out, ${cold}${seen} read again, ${damage}`;
}

/** What the loop does now, as it says of itself. */
export type Doing = Pick<UpStatus, 'hindrance' | 'change' | 'isRefreshing' | 'isChecking' | 'isReading'>;

/** What does not pass, and what follows from it. */
function checkWords({ parts, retrain }: Extract<LoopEvent, { readonly kind: 'monitor-checked' }>): string {
  const said = parts.filter(({ verdict }) => verdict !== 'pass').map(({ part, verdict, reason }) => `${part} ${verdict}, ${reason}`);
  const training = retrain.wanted
    ? ['wants a retraining']
    : retrain.heldBackBy === null
      ? []
      : [`retraining held back: ${retrain.heldBackBy}`];
  return [...said, ...training].map((part) => `; ${part}`).join('');
}

/** One sentence: what the loop does now, and why. */
export function doingWords({ hindrance, change, isRefreshing, isChecking, isReading }: Doing): string {
  if (hindrance !== null) return `Waits: ${hindranceWords(hindrance)}.`;
  const doing = [
    ...(change !== null && change.ended === null ? [busyWords(change)] : []),
    ...(isRefreshing ? ['refreshes features'] : []),
    ...(isChecking ? ['evaluates monitors'] : []),
    ...(isReading ? ['looks at sources'] : []),
  ];
  return doing.length > 0 ? `Now: ${doing.join('; ')}.` : 'Watches: nothing is due.';
}

function busyWords({ steps, doing, goal }: NonNullable<UpStatus['change']>): string {
  if (doing !== null) return doing;
  const running = steps.filter(({ status }) => status === 'running');
  if (running.length === 0) return `takes the change ${goal === 'gate' ? 'to the gate' : `to ${goal}`}`;
  return `runs ${running.map((step) => (step.doing === null ? step.step : `${step.step} (${step.doing})`)).join(', ')}`;
}

/** What is in the way, and what takes it away. */
export function hindranceWords(hindrance: Hindrance): string {
  switch (hindrance.kind) {
    case 'no-commit':
      return 'there is no commit yet';
    case 'detached':
      return 'the head is on no branch: check one out';
    case 'under-way':
      return `a ${hindrance.operation} is under way: finish or abort it`;
    case 'uncommitted':
      return `uncommitted changes: ${hindrance.files.join(', ')}; commit or stash them`;
    default:
      return unreachable(hindrance);
  }
}

/** Why a commit is taken along the path; follows a colon. */
export function reasonWords(why: PathReason): string {
  switch (why.kind) {
    case 'new-commit':
      return why.before === null ? 'the first commit it sees' : 'a new commit';
    case 'goal-changed':
      return `the way went to ${why.before} before`;
    case 'data-changed':
      return 'data changed since it did not pass';
    case 'again':
      return `another try after ${why.code}`;
    case 'asked':
      return 'it was asked for';
    case 'source-read':
      return `new data of ${why.datasets.map((dataset) => `data.${dataset}`).join(', ')}`;
    case 'monitor':
      return `the monitor ${why.monitor} wants a retraining: ${why.reasons.join(', ')}`;
    default:
      return unreachable(why);
  }
}

const refreshWords = { 'data-changed': 'data changed', asked: 'asked for', pushed: 'rows were pushed', time: 'time passed' } as const;

function refreshedWords({ datasets, views, skipped }: Extract<LoopEvent, { readonly kind: 'features-refreshed' }>): string {
  const came = datasets.flatMap(({ dataset, arrived, gone, late, leftOut, unread }) => {
    const parts = [
      ...(arrived > 0 ? [`${counted(arrived, 'row')} arrived`] : []),
      ...(gone > 0 ? [`${gone} gone`] : []),
      ...(late > 0 ? [`${late} late`] : []),
      ...(leftOut > 0 ? [`${leftOut} left out, for they break a check`] : []),
      ...(unread > 0 ? [`${counted(unread, 'file')} not readable`] : []),
    ];
    return parts.length === 0 ? [] : [`data.${dataset}: ${parts.join(', ')}`];
  });
  const written = views.filter(({ keys, gone }) => keys + gone > 0).map(({ view, keys, gone }) => `${view} ${counted(keys + gone, 'key')}`);
  const left = skipped.map(({ view, reason }) => `${view} not computed, ${reason}`);
  const said = [...came, ...(written.length === 0 ? [] : [`written: ${written.join(', ')}`]), ...left];
  return said.length === 0 ? 'nothing new' : said.join('; ');
}

function commitWords({ commit, subject }: { readonly commit: string; readonly subject: string }): string {
  return `${commit.slice(0, 12)} "${subject}"`;
}

function endWords(ended: PathEnded): string {
  const time = duration(ended.durationMs);
  const why = ended.failure === null ? '' : `: ${ended.failure.code}: ${ended.failure.message}`;
  switch (ended.outcome) {
    case 'passed':
      if (ended.why.kind === 'monitor' && ended.live.every(({ changed }) => !changed))
        return `Passed in ${time}, and nothing changed: training again makes the release that is live; there is no other data`;
      return `Passed in ${time}${ended.live.length === 0 ? '' : `: ${ended.live.map(liveWords).join('; ')}`}`;
    case 'refused':
      return `Refused after ${time}, what was live before still is${why}`;
    case 'failed':
      return `Failed after ${time}, waits for a new commit${why}`;
    case 'unavailable':
      return `Not possible now, after ${time}; tried again by itself${why}`;
    case 'cancelled':
      return `Stopped after ${time}`;
    case 'overtaken':
      return `Overtaken after ${time}: the commit or the tree changed meanwhile`;
    default:
      return unreachable(ended.outcome);
  }
}

function liveWords({ environment, release, changed }: PathEnded['live'][number]): string {
  return `${environment} has release ${release.slice(7, 19)}${changed ? '' : ' as before'}`;
}

function pinsWords(moved: readonly MovedPin[]): string {
  const short = (digest: string | null): string => digest?.slice(7, 19) ?? 'none';
  return (
    moved.map(({ section, name, before, after }) => `${section}.${name} ${short(before)} → ${short(after)}`).join(', ') || 'written anew'
  );
}
