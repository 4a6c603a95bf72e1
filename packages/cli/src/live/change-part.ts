import type { Change, StepProgress, UpStatus } from '@tidegate/core';
import { duration, moment } from '../render/figures.ts';
import { reasonWords } from '../render/loop-words.ts';
import { statusWords } from '../render/words.ts';
import { badge } from '../report/badge.ts';
import { type Html, html } from '../report/html.ts';

/** The path of the change that is on its way, or of the last one: commit, gate, environments, and below them the steps. */
export function changePart({ change }: Pick<UpStatus, 'change'>): Html {
  if (change === null) return html`<h2>The change</h2><p class="soft">None yet: the next commit is taken along the path.</p>`;
  const { ended, commit, subject, goal, why, begunAt, run } = change;
  const time = ended === null ? `begun ${moment(begunAt)}` : `ended ${moment(ended.at)}, after ${duration(ended.durationMs)}`;
  return html`<h2>The change ${ended === null ? html`<span class="verdict none">on its way</span>` : badge(ended.verdict)}</h2>
<p><code>${commit.slice(0, 12)}</code> “${subject}” ${goal === 'gate' ? 'to the gate' : `to ${goal}`}: ${reasonWords(why)}.</p>
<ol class="route" aria-label="Path">${routeOf(change).map(stopItem)}</ol>
${ended?.failure && html`<p class="summary fail"><code>${ended.failure.code}</code> ${ended.failure.message}${ended.failure.hint === null ? '' : html`<br><span class="soft">${ended.failure.hint}</span>`}</p>`}
<p class="soft">${run === null ? '' : html`Run <code>${run}</code>, `}${time}.</p>${stepTable(change)}`;
}

interface Stop {
  readonly name: string;
  readonly tone: 'good' | 'bad' | 'doubt' | 'busy' | '';
  readonly note: string;
}

function stopItem({ name, tone, note }: Stop): Html {
  return html`<li><span class="stop ${tone}">${name}<small>${note}</small></span></li>`;
}

/** Commit, gate, and the environments on the way to the goal, each with how it came out. */
function routeOf(change: Change): readonly Stop[] {
  const commit: Stop = { name: 'commit', tone: 'good', note: (change.ended?.commit ?? change.commit).slice(0, 8) };
  return [commit, gateStop(change), ...change.route.map((name) => environmentStop(name, change))];
}

function gateStop({ ended, steps, isPastGate }: Change): Stop {
  if (isPastGate) return { name: 'gate', tone: 'good', note: 'passed' };
  const left = steps.filter(({ status }) => status === 'waiting' || status === 'running').length;
  if (ended === null)
    return { name: 'gate', tone: 'busy', note: steps.length === 0 ? 'looks' : `${steps.length - left} of ${steps.length} steps` };
  const { verdict, outcome } = ended;
  if (verdict === 'pass' || (verdict === null && outcome === 'passed')) return { name: 'gate', tone: 'good', note: 'passed' };
  if (verdict === null) return { name: 'gate', tone: outcome === 'failed' ? 'bad' : 'doubt', note: outcome };
  return { name: 'gate', tone: verdict === 'inconclusive' ? 'doubt' : 'bad', note: verdict };
}

function environmentStop(name: string, { ended, doing, reached }: Change): Stop {
  const live = ended?.live.find(({ environment }) => environment === name);
  if (live !== undefined) return { name, tone: 'good', note: live.changed ? 'live' : 'live as before' };
  if (reached.includes(name)) return { name, tone: 'good', note: 'live' };
  if (ended === null) return { name, tone: doing?.startsWith(`${name}:`) === true ? 'busy' : '', note: '' };
  return { name, tone: '', note: 'not reached' };
}

function stepTable({ steps }: Change): Html | null {
  if (steps.length === 0) return null;
  const busy = steps.filter(({ status }) => status !== 'hit');
  const table = (
    rows: readonly StepProgress[],
  ): Html => html`<table><tr><th scope="col">Step</th><th scope="col">State</th><th scope="col" class="number">Time</th><th scope="col">Note</th></tr>
${rows.map((step) => html`<tr><td>${step.step}</td><td class="${toneOf(step)}">${step.status === 'running' || step.status === 'waiting' ? step.status : statusWords[step.status]}</td><td class="number">${step.status === 'hit' || step.durationMs === null ? '' : duration(step.durationMs)}</td><td class="words">${step.verdict && badge(step.verdict)} ${step.reason ?? step.doing ?? ''}</td></tr>`)}</table>`;
  const unchanged = steps.length - busy.length;
  return html`${busy.length === 0 ? null : table(busy)}${unchanged === 0 ? null : html`<details id="unchanged"><summary>${unchanged} of ${steps.length} steps unchanged</summary>${table(steps.filter(({ status }) => status === 'hit'))}</details>`}`;
}

function toneOf({ status, verdict }: StepProgress): Stop['tone'] {
  if (status === 'running') return 'busy';
  if (status === 'failed' || verdict === 'fail' || verdict === 'invalid') return 'bad';
  if (verdict === 'inconclusive' || status === 'cancelled') return 'doubt';
  return status === 'done' ? 'good' : '';
}
