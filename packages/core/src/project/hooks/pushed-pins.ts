import { type Digest, TidegateError } from '@tidegate/formats';
import { lockFileName, parseLock } from '../../config/index.ts';
import { references } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { git } from './hooks-place.ts';

/** A pin of a commit that is being pushed whose data the remote does not have. */
export interface UnsharedPin {
  readonly dataset: string;
  readonly version: Digest;
  /** A tip of the push that pins it. */
  readonly commit: string;
  /** Whether that is what is checked out. */
  readonly isHead: boolean;
  /** Of how many objects how many are not there; null when the version is not on this machine either. */
  readonly missing: { readonly objects: number; readonly of: number } | null;
}

/** What Git gives as the commit when a ref is deleted. */
const zeros = /^0+$/;

/**
 * Looks whether the remote has the data that the tips of a push pin. It is asked once, whatever they are.
 *
 * @param input what Git gives the hook `pre-push`: a line `LOCAL-REF LOCAL-COMMIT REMOTE-REF REMOTE-COMMIT` for each ref
 * @throws TG-STORE-REMOTE, TG-STORE-REMOTE-UNREACHABLE
 */
export async function unsharedPins(project: Project, input: string): Promise<readonly UnsharedPin[]> {
  const { remote, root } = project;
  if (remote === null) return [];
  await remote.check();
  const head = await git(root, ['rev-parse', 'HEAD']);
  const pins = new Map<Digest, Pick<UnsharedPin, 'dataset' | 'commit' | 'isHead'>>();
  for (const commit of tipsIn(input))
    for (const [dataset, version] of await pinsAt(root, commit))
      if (!pins.has(version)) pins.set(version, { dataset, commit, isHead: commit === head });
  const led = references(project.objects, project.state);
  const needs = new Map<Digest, ReadonlySet<Digest>>();
  for (const version of pins.keys()) needs.set(version, await led.closureOf([version], project.name));
  const wanted = [...new Set([...needs.values()].flatMap((digests) => [...digests]))];
  const missing = new Set(await remote.missing(wanted.map((digest) => ({ digest, bytes: null }))));
  const unshared: UnsharedPin[] = [];
  for (const [version, pin] of pins) {
    const of = [...(needs.get(version) ?? [])];
    const lacking = of.filter((digest) => missing.has(digest));
    const isHere = await project.objects.has(version);
    if (lacking.length > 0) unshared.push({ ...pin, version, missing: isHere ? { objects: lacking.length, of: of.length } : null });
  }
  return unshared;
}

/** The tips of the push: whoever pulls gets them checked out. */
function tipsIn(input: string): ReadonlySet<string> {
  const tips = input.split('\n').map((line) => line.trim().split(' ')[1] ?? '');
  return new Set(tips.filter((commit) => commit !== '' && !zeros.test(commit)));
}

async function pinsAt(root: string, commit: string): Promise<readonly (readonly [string, Digest])[]> {
  const text = await git(root, ['show', `${commit}:./${lockFileName}`]);
  try {
    return text === null || text === '' ? [] : Object.entries(parseLock(`${text}\n`).data);
  } catch (error) {
    if (error instanceof TidegateError) return []; // a lock that nobody can read pins nothing
    throw error;
  }
}
