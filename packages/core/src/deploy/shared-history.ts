import {
  type Deployment,
  type Digest,
  failure,
  hexOf,
  isDigest,
  type Json,
  mayRead,
  parseSharedRelease,
  recordJson,
} from '@tidegate/formats';
import { importResults, pushArtifacts, pushResults } from '../pipeline/index.ts';
import type { Clock } from '../platform/index.ts';
import { type ObjectStore, readOneRecord, type Remote, type State } from '../store/index.ts';
import { deploymentHistory, releaseTrail } from './history.ts';
import { releaseParts, sharedRelease, takeOverRelease } from './shared-release.ts';

export interface Sharing {
  readonly remote: Remote;
  readonly state: State;
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** Its name. */
  readonly project: string;
}

/** Lines that are asked for at once: nothing is listed, so the end of a history is where a line is not there. */
const linesAtOnce = 16;

/**
 * The history of an environment as the remote has it, oldest first. The two newest releases on its trail, one of which may be a champion, are
 * taken over with the results that they were made from, so that they can be compared with and steps can say what changed since.
 */
export async function readSharedHistory(sharing: Sharing, environment: string): Promise<readonly Deployment[]> {
  const lines: Deployment[] = [];
  for (;;) {
    const numbers = Array.from({ length: linesAtOnce }, (_, index) => lines.length + index + 1);
    const read = await readLines(sharing, environment, numbers);
    const end = read.indexOf(null);
    lines.push(...read.slice(0, end < 0 ? read.length : end).filter((line) => line !== null));
    if (end >= 0) break;
  }
  const services = [...new Set(lines.map(({ service }) => service))];
  const newest = services.flatMap((service) => releaseTrail(lines.filter((line) => line.service === service)).slice(-2));
  for (const release of newest) await takeOver(sharing, release);
  return lines;
}

async function readLine(sharing: Sharing, environment: string, sequence: number): Promise<Deployment | null> {
  const [line = null] = await readLines(sharing, environment, [sequence]);
  return line;
}

async function readLines(
  { remote, project }: Sharing,
  environment: string,
  numbers: readonly number[],
): Promise<readonly (Deployment | null)[]> {
  const lines = await remote.readRecords(numbers.map((sequence) => lineName(project, environment, sequence)));
  return lines.map((line, index) =>
    isLine(line) && line.project === project && line.environment === environment && line.sequence === numbers[index] ? line : null,
  );
}

function lineName(project: string, environment: string, sequence: number): string {
  return `deployments/${project}/${environment}/${sequence}`;
}

/** What is read of a line has its type; the rest is told and decides nothing. */
function isLine(value: Json): value is Json & Deployment {
  if (typeof value !== 'object' || value === null) return false;
  const { format, service, action, release, at, settings, tests } = value as { readonly [name: string]: Json };
  const isDigestOrNull = (one: Json | undefined): boolean => one === null || (typeof one === 'string' && isDigest(one));
  const isTested = tests === null || (typeof tests === 'object' && tests !== undefined && 'failed' in tests);
  return (
    format === 'tidegate.deployment/1' &&
    typeof service === 'string' &&
    (action === 'deploy' || action === 'rollback' || action === 'stop') &&
    isDigestOrNull(release) &&
    isDigestOrNull(settings) &&
    typeof at === 'string' &&
    isTested
  );
}

async function takeOver({ remote, state, project, clock }: Sharing, release: Digest): Promise<void> {
  const shared = parseSharedRelease(await readOneRecord(remote, `releases/${hexOf(release)}`));
  if (shared === null || shared.release !== release || shared.project !== project) return;
  await importResults({ remote, state, project, clock }, shared.results);
  takeOverRelease(state, shared);
}

/**
 * Puts what the environments' histories have got since the last time into the remote, each release before the first line that names it. Several
 * may do so at once. Of a zone that may not write histories nothing is put: what branches deploy for a try is no history of the team.
 *
 * @throws TG-DEPLOY-HISTORY-DIFFERS when another home has put a history of its own under the same names; TG-STORE-REMOTE, TG-STORE-REMOTE-NOT-WRITABLE
 */
export async function pushHistory(sharing: Sharing): Promise<number> {
  if (!mayRead('main', sharing.remote.zone)) return 0;
  const lines = deploymentHistory(sharing.state, sharing.project);
  let pushed = 0;
  for (const [environment, history] of Map.groupBy(lines, (line) => line.environment)) {
    const known = await knownLines(sharing, environment, history);
    for (const line of history.slice(known)) {
      if (line.release !== null) await pushRelease(sharing, line.release);
      if (await sharing.remote.addRecord(lineName(sharing.project, environment, line.sequence), recordJson(line))) pushed += 1;
      else await requireSame(sharing, line);
    }
  }
  return pushed;
}

/** How many of the first lines the remote has: looked for from the end, where nothing or little is new. */
async function knownLines(sharing: Sharing, environment: string, history: readonly Deployment[]): Promise<number> {
  for (let count = history.length; count > 0; count--) {
    const line = history[count - 1];
    if (line === undefined || (await readLine(sharing, environment, line.sequence)) === null) continue;
    await requireSame(sharing, line);
    return count;
  }
  return 0;
}

async function requireSame(sharing: Sharing, line: Deployment): Promise<void> {
  const { environment, sequence, at, release } = line;
  const there = await readLine(sharing, environment, sequence);
  if (there !== null && there.at === at && there.release === release) return;
  throw failure(
    'TG-DEPLOY-HISTORY-DIFFERS',
    `Cannot share the history of "${environment}": the remote "${sharing.remote.address}" has that of another home`,
    `Share from the machine that deploys to "${environment}", or give this project or its environment another name`,
  );
}

async function pushRelease(sharing: Sharing, release: Digest): Promise<void> {
  const name = `releases/${hexOf(release)}`;
  const { remote } = sharing;
  if (parseSharedRelease(await readOneRecord(remote, name)) !== null) return;
  const { record, steps } = sharedRelease(sharing, release);
  await pushResults(sharing, steps);
  await pushArtifacts(sharing, await releaseParts(sharing, release));
  await remote.replaceRecord(name, recordJson(record));
}
