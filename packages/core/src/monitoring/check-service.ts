import { type MonitorCheck, type MonitorPart, type Retraining, TidegateError, worstVerdict } from '@tidegate/formats';
import type { Ages } from './ages.ts';
import { decideRetraining, noRetraining } from './decide-retraining.ts';
import { judgeWindowDrift } from './drift/judge-drift.ts';
import type { ReferenceSources } from './drift/drift-reference.ts';
import { judgeQuality, type QualitySources } from './quality/judge-quality.ts';
import { judgeStaleness } from './judge-staleness.ts';
import { type Part, partOf } from './part.ts';
import type { LiveModel, Watched } from './watched.ts';

export interface CheckSources extends ReferenceSources, QualitySources {
  readonly ages: Ages;
  /** The last training that this monitor started. */
  readonly last: Retraining | null;
}

/** What an evaluation finds, without when and of what it was. */
export type Findings = Pick<MonitorCheck, 'verdict' | 'parts' | 'evidence' | 'retrain'>;

/** Evaluates every part of a monitor. A part that cannot be evaluated is `invalid`, and the others go on. */
export async function checkService(
  sources: CheckSources,
  watched: Omit<Watched, 'live'> & { readonly live: LiveModel | null },
): Promise<Findings> {
  const { config, live, nowMs } = watched;
  const { drift, quality, staleness } = config;
  if (live === null) {
    const names = (['drift', 'quality', 'staleness'] as const).filter((name) => config[name] !== null);
    const reason = `Nothing is live in "${config.environment}"`;
    const parts = names.map((part): MonitorPart => ({ part, verdict: 'inconclusive', reason, window: null }));
    return { verdict: worstVerdict(parts.map(({ verdict }) => verdict)), parts, evidence: [], retrain: noRetraining };
  }
  const found: Part[] = [];
  if (drift !== null) found.push(await readAsPart('drift', () => judgeWindowDrift(sources, { ...watched, live }, drift)));
  if (quality !== null) found.push(await readAsPart('quality', () => judgeQuality(sources, { ...watched, live }, quality)));
  if (staleness !== null) found.push(await readAsPart('staleness', () => judgeStaleness(sources.ages, watched, staleness)));
  const parts = found.map(({ part }) => part);
  return {
    verdict: worstVerdict(parts.map(({ verdict }) => verdict)),
    parts,
    evidence: found.flatMap(({ evidence }) => evidence),
    retrain: await decideRetraining({ config, nowMs, parts, ages: sources.ages, last: sources.last }),
  };
}

/** A part of a monitor; `invalid` with its reason where what it reads cannot be read. */
export async function readAsPart(name: MonitorPart['part'], evaluate: () => Promise<Part>): Promise<Part> {
  try {
    return await evaluate();
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    return partOf(name, { verdict: 'invalid', reason: problem, window: null });
  }
}

/** What is wrong with what was read, as Tidegate or the engine says it; null for a mistake of ours and for a stop. */
function problemOf(error: unknown): string | null {
  if (error instanceof TidegateError) return error.diagnostics[0].message;
  if (!(error instanceof Error) || !/^(IO|Invalid( Input)?|Out of Memory|Conversion|Serialization) Error/.test(error.message)) return null;
  return `Cannot read what is to be judged: ${(error.message.split('\n')[0] ?? '').slice(0, 300)}`;
}
