import { failure, isZone, type Json, lessTrusted, mayRead, shape, type Zone, zones as allZones } from '@tidegate/formats';
import { branchMember, type Named, parseYaml } from '../../config/index.ts';
import { type CiContext, readCiContext } from '../../forge/index.ts';
import { capture } from '../../platform/index.ts';

export interface ZoneRequest {
  readonly root: string;
  readonly variables: { readonly [name: string]: string | undefined };
  /** `remote.zones` of `tidegate.yaml` as it is checked out; null when it has none. */
  readonly zones: Named<Zone> | null;
  /** What `--zone` says; null when it does not. Default: `TIDEGATE_ZONE`. */
  readonly chosen: string | null;
}

/**
 * The zone of the runs in a checkout: that of its branch, and in a CI at most `branch` for a pull request and `untrusted` for one of a fork. There
 * `zones` is read at the base of the change, for a change could say of itself what it likes. A zone that is chosen may only be a less trusted one.
 *
 * @throws TG-CLI-ZONE
 */
export async function zoneOfRun({ root, variables, zones, chosen }: ZoneRequest): Promise<Zone> {
  const ci = await readCiContext(variables);
  const own = ci === null ? await zoneHere(root, zones) : await zoneInCi(root, ci);
  const wanted = chosen ?? (variables['TIDEGATE_ZONE'] || null);
  if (wanted === null) return own;
  if (!isZone(wanted)) throw notAZone(wanted);
  if (!mayRead(wanted, own)) throw tooMuch(wanted, own);
  return wanted;
}

async function zoneHere(root: string, zones: Named<Zone> | null): Promise<Zone> {
  if (zones === null) return 'main';
  const { code, stdout } = await capture(['git', 'symbolic-ref', '--quiet', '--short', 'HEAD'], { cwd: root });
  return zoneOfBranch(zones, code === 0 ? stdout.trim() : '');
}

/** In a CI that says nothing else, pushes to branches are as little trusted as pull requests of branches. */
const usualInCi: Named<Zone> = { main: 'main', master: 'main', '*': 'branch' };

async function zoneInCi(root: string, { source, branch, bases }: CiContext): Promise<Zone> {
  if (source === 'fork') return 'untrusted';
  const zones = await zonesAtBase(root, bases);
  const own = zoneOfBranch(zones === null || zones === 'unknown' ? usualInCi : zones, branch ?? '');
  return source === 'branch' || zones === 'unknown' ? lessTrusted('branch', own) : own;
}

function zoneOfBranch(zones: Named<Zone>, branch: string): Zone {
  return branchMember(zones, branch) ?? 'untrusted';
}

const defaultBranches = ['refs/remotes/origin/HEAD', 'refs/remotes/origin/main', 'refs/remotes/origin/master'];

/** `remote.zones` where the change is to be merged, or of the default branch; null when there is none there, `unknown` when nobody can look. */
async function zonesAtBase(root: string, bases: readonly string[]): Promise<Named<Zone> | null | 'unknown'> {
  for (const revision of bases.length > 0 ? bases : defaultBranches) {
    if ((await capture(['git', 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], { cwd: root })).code !== 0)
      continue;
    const { code, stdout } = await capture(['git', 'cat-file', 'blob', `${revision}:./tidegate.yaml`], { cwd: root });
    return code === 0 ? zonesIn(stdout) : null;
  }
  return 'unknown';
}

function zonesIn(text: string): Named<Zone> | null {
  const parsed = parseYaml('tidegate.yaml', text, shape.anything());
  const zones = parsed.ok ? memberOf(memberOf(parsed.value, 'remote'), 'zones') : null;
  if (typeof zones !== 'object' || zones === null) return null;
  const known = Object.entries(zones).map(
    ([branch, zone]) => [branch, typeof zone === 'string' && isZone(zone) ? zone : 'untrusted'] as const,
  );
  return Object.fromEntries(known);
}

function memberOf(value: Json, name: string): Json {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? ((value as { readonly [name: string]: Json })[name] ?? null)
    : null;
}

function notAZone(text: string): Error {
  return failure('TG-CLI-ZONE', `Cannot run in the zone "${text}": there is none of that name`, `Zones: ${allZones.join(', ')}`);
}

function tooMuch(wanted: Zone, own: Zone): Error {
  return failure(
    'TG-CLI-ZONE',
    `Cannot run in the zone "${wanted}": what is checked out is of the zone "${own}", and a run may only be trusted less than that`,
    `Leave "--zone" and TIDEGATE_ZONE out, or say which branch is of which zone with "zones" under "remote" in tidegate.yaml`,
  );
}
