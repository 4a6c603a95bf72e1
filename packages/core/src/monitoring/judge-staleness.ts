import { type Evidence, recordJson, type StalenessDetails, worstVerdict } from '@tidegate/formats';
import type { StalenessConfig } from '../config/index.ts';
import { type Ages, ageWords } from './ages.ts';
import { type Part, partOf } from './part.ts';
import type { Watched } from './watched.ts';

/**
 * Whether model, data and features are younger than their limits at the moment that is asked about. Where the monitor says nothing of data, what their data contracts
 * promise (`notOlderThan`) counts.
 */
export async function judgeStaleness(ages: Ages, watched: Pick<Watched, 'service' | 'nowMs'>, limits: StalenessConfig): Promise<Part> {
  const { modelMs, dataMs, featuresMs } = limits;
  const found: Found[] = [];
  if (modelMs !== null) found.push({ of: 'model', newestMs: await ages.model(), limitMs: modelMs });
  if (dataMs !== null) found.push(...inAll('data', await ages.data(), dataMs));
  else found.push(...(await ages.promisedData()).map(({ data, ...age }) => ({ of: `data.${data}`, ...age, isPromised: true })));
  if (featuresMs !== null) found.push(...inAll('features', await ages.features(), featuresMs));
  if (found.length === 0) found.push({ of: 'data', newestMs: null, limitMs: 0 });
  const evidence = found.map((one) => evidenceOf(watched, one));
  return partOf(
    'staleness',
    { verdict: worstVerdict(evidence.map(({ verdict }) => verdict)), reason: summary(evidence), window: null },
    evidence,
  );
}

interface Found {
  readonly of: string;
  readonly newestMs: number | null;
  readonly limitMs: number;
  /** Whether a data contract says so, and not the monitor. */
  readonly isPromised?: boolean;
}

function inAll(area: 'data' | 'features', newest: ReadonlyMap<string, number | null>, limitMs: number): readonly Found[] {
  const found = [...newest].map(([name, newestMs]) => ({ of: `${area}.${name}`, newestMs, limitMs }));
  return found.length > 0 ? found : [{ of: area, newestMs: null, limitMs }];
}

function evidenceOf(
  { service, nowMs }: Pick<Watched, 'service' | 'nowMs'>,
  { of, newestMs, limitMs, isPromised = false }: Found,
): Evidence {
  const ageMs = newestMs === null ? null : nowMs - newestMs;
  const details: StalenessDetails = { of, newest: newestMs === null ? null : new Date(newestMs).toISOString(), ageMs, limitMs };
  return {
    format: 'tidegate.evidence/1',
    kind: 'staleness',
    name: `staleness.${of}`,
    subject: `services.${service}`,
    blocking: false,
    ...judge(details, isPromised),
    details: recordJson(details),
  };
}

function judge({ of, newest, ageMs, limitMs }: StalenessDetails, isPromised: boolean): Pick<Evidence, 'verdict' | 'reason'> {
  if (limitMs === 0)
    return { verdict: 'inconclusive', reason: 'No age is limited: neither the monitor nor a data contract says how old anything may get' };
  if (ageMs === null || newest === null)
    return { verdict: 'inconclusive', reason: `The age of ${of === 'model' ? 'the model' : of} is not known: ${unknown(of)}` };
  const event = `its newest event is of ${newest}`;
  if (ageMs < -limitMs)
    return {
      verdict: 'inconclusive',
      reason: `The age of ${of === 'model' ? 'the model' : of} cannot be told: ${event}, ${ageWords(-ageMs)} after the moment that is asked about`,
    };
  const age = ageMs < 0 ? 'is up to date' : `is ${ageWords(ageMs)} old`;
  const limit = isPromised ? `its data contract allows ${ageWords(limitMs)}` : `the limit is ${ageWords(limitMs)}`;
  const reason = `${subject(of)} ${age}, ${limit}: ${event}`;
  return { verdict: ageMs <= limitMs ? 'pass' : 'fail', reason };
}

function subject(of: string): string {
  return of === 'model' ? 'The model' : of;
}

function unknown(of: string): string {
  if (of === 'model') return 'neither its training set nor its record is kept';
  if (of === 'data') return 'no dataset of the model has a "time"';
  if (of === 'features') return 'the service looks no features up';
  return of.startsWith('data.') ? 'no event of it has come yet' : 'the online store has none';
}

function summary(evidence: readonly Evidence[]): string {
  const worst = evidence.filter(({ verdict }) => verdict !== 'pass');
  if (worst.length === 0)
    return evidence.length === 1 ? (evidence[0]?.reason ?? '') : `All ${evidence.length} ages are within their limits`;
  const [first] = worst.toSorted((a, b) => (a.verdict === b.verdict ? 0 : worstVerdict([a.verdict, b.verdict]) === a.verdict ? -1 : 1));
  return `${first?.reason ?? ''}${worst.length === 1 ? '' : `; ${worst.length - 1} more ${worst.length === 2 ? 'age does' : 'ages do'} not pass`}`;
}
