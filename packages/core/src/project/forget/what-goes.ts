import { join } from 'node:path';
import { digest, type Digest, hexOf, type ReleaseManifest, type RunRecord, TidegateError } from '@tidegate/formats';
import { deploymentHistory } from '../../deploy/index.ts';
import { readRelease } from '../../packaging/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import { digestsIn, references, standsFor } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { type Holder, pinHolders, tableHolders } from '../store/collect/holders.ts';
import { knownProjects, namesOf } from '../store/collect/known-projects.ts';
import { lockPins } from '../store/lock-pins.ts';
import { digestsOfRow, otherTables, type Row } from '../store/collect/other-tables.ts';
import { type AddedThatGoes, addedThatGoes } from './added-that-goes.ts';
import type { MadeFromRows } from './what-saw.ts';

export interface GoingRequest {
  readonly dataset: string;
  /** Versions and tables with what is to stand in their place. */
  readonly pairs: readonly { readonly before: Digest; readonly after: Digest }[];
  readonly made: readonly MadeFromRows[];
  /** As `addedThatGoes` takes it. */
  readonly onto: ReadonlySet<Digest>;
  /** Objects that are known to have such rows. */
  readonly bearing: ReadonlySet<Digest>;
}

export interface GoingObjects {
  readonly digests: readonly Digest[];
  /** Objects with such rows that stay since something else needs them. */
  readonly held: readonly { readonly digest: Digest; readonly why: string }[];
}

/**
 * The objects that go with forgotten rows: what only versions with them led to, files that tables were put together into, files of the source that were
 * stored, and what steps made of all that. What something else needs stays, and so does what was ever deployed, for a model is not its rows.
 */
export async function whatGoes(project: Project, request: GoingRequest): Promise<GoingObjects> {
  const { objects, state } = project;
  const { pairs, made, bearing } = request;
  const led = references(objects, state, (record) => [record]);
  const outputs = made.flatMap((one) => Object.values(one.outputs).map((artifact) => artifact.digest));
  const sources = made.filter(({ step }) => step === `data.${request.dataset}`).flatMap(({ files }) => Object.values(files));
  const parts = (await Promise.all(pairs.map(({ before }) => partsOf(project, before)))).flat();
  const added = addedThatGoes(project, request.dataset, request.onto).map(({ tree }) => tree);
  const candidates = await led.closureOf([...pairs.map(({ before }) => before), ...outputs, ...added], project.name);
  const kept = await whyKept(project, request);
  const going = new Set<Digest>();
  const held = new Map<Digest, string>();
  for (const one of [...candidates, ...sources, ...parts]) {
    const why = kept.get(one);
    if (why === undefined) going.add(one);
    else if (bearing.has(one)) held.set(one, why);
  }
  return { digests: [...going], held: [...held].map(([one, why]) => ({ digest: one, why })) };
}

/** Of objects that have gone once, those that nothing has come to need since. */
export async function stillGoing(project: Project, dataset: string, gone: readonly Digest[]): Promise<readonly Digest[]> {
  const kept = await whyKept(project, { dataset, pairs: [], made: [], onto: new Set(), bearing: new Set() });
  return gone.filter((one) => !kept.has(one));
}

/** Files that a table was put together into. */
async function partsOf({ home }: Project, table: Digest): Promise<readonly Digest[]> {
  return [...digestsIn((await readTextIfThere(join(home.parts, `${hexOf(table)}.json`))) ?? '')];
}

async function whyKept(project: Project, { dataset, pairs, made, onto }: GoingRequest): Promise<ReadonlyMap<Digest, string>> {
  const { objects, state } = project;
  const [planned, present] = [new Map(pairs.map(({ before, after }) => [before, after])), standsFor(state)];
  const own = namesOf(state, project);
  const { closureOf } = references(objects, state, (record, of) => {
    const after = of !== null && own.has(of) ? planned.get(record) : undefined;
    return after === undefined ? present(record, of) : [after];
  });
  const gone = new Set(made.map(({ key }) => key));
  const outputs = new Set(made.flatMap((one) => Object.values(one.outputs).map((artifact) => artifact.digest)));
  const kept = new Map<Digest, string>();
  const keep = (digests: Iterable<Digest>, why: string): void => {
    for (const one of digests) if (!kept.has(one)) kept.set(one, why);
  };
  keep(gone, 'says what went into a result');
  for (const row of state.prepare('SELECT digest, record FROM model_version').all())
    keep(
      [digest(String(row['digest'])), digest(String((JSON.parse(String(row['record'])) as { trainedBy: string }).trainedBy))],
      'names a model',
    );
  keep(referenceProfiles(project), 'reference profile of a model');
  keep(signed(project), 'signature of a release');
  for (const { release } of await deployed(project)) keep([release], 'was deployed'); // what it names it was made from, and is kept without
  const now = pairs.map(({ after }) => after);
  keep(await closureOf(now, project.name), 'a version without the rows');
  const added = addedThatGoes(project, dataset, onto);
  for (const { why, project: of, digests } of [
    ...pinHolders(state),
    ...remainingResults(project, gone),
    ...(await pinsOfLocks(project)),
    ...otherRows(project, { added, outputs }),
    ...runsOfOthers(project),
    ...(await deployedHolders(project)),
  ])
    keep(await closureOf(digests, of), why);
  return kept;
}

function remainingResults({ state, name }: Project, gone: ReadonlySet<Digest>): readonly Holder[] {
  return state
    .prepare('SELECT key, project, step, record FROM result')
    .all()
    .filter((row) => row['project'] !== name || !gone.has(digest(String(row['key']))))
    .map((row) => ({
      why: `result of ${String(row['step'])} in ${String(row['project'])}`,
      project: String(row['project']),
      digests: new Set([digest(String(row['key'])), ...digestsIn(String(row['record']))]),
    }));
}

async function pinsOfLocks({ state }: Project): Promise<readonly Holder[]> {
  const holders: Holder[] = [];
  for (const { name, root } of knownProjects(state))
    for (const { ref, digests } of (await lockPins(root)) ?? [])
      holders.push({ why: `tidegate.lock of ${name} in ${ref}`, project: name, digests });
  return holders;
}

/** What other tables of the state name, but for what was added and is given up, and what the steps have made. */
function otherRows(
  { state }: Project,
  { added, outputs }: { readonly added: readonly AddedThatGoes[]; readonly outputs: ReadonlySet<Digest> },
): readonly Holder[] {
  const isGivenUp = (row: Row): boolean => added.some(({ root, tree }) => root === row['root'] && tree === row['tree']);
  const namedBy = (table: string, row: Row): readonly Digest[] => {
    if (table === 'data_added' && isGivenUp(row)) return [];
    return digestsOfRow(row).filter((one) => table !== 'stable_output' || !outputs.has(one));
  };
  return otherTables(state).flatMap(({ name }) => tableHolders(state, name, (row) => namedBy(name, row)));
}

/** Counts that stay, though what they were counted in goes. */
function referenceProfiles({ state }: Project): readonly Digest[] {
  return state.prepare('SELECT digest FROM drift_reference').all().flatMap(digestsOfRow);
}

/** Signatures with the releases that they are of, which say what they were made from and do not need it. */
function signed({ state }: Project): readonly Digest[] {
  return state.prepare('SELECT release, bundle FROM release_signature').all().flatMap(digestsOfRow);
}

/** What runs of other projects have made: they have forgotten nothing. */
function runsOfOthers({ state, name, root }: Project): readonly Holder[] {
  const own = namesOf(state, { name, root });
  return state
    .prepare('SELECT id, project, record FROM run WHERE project <> ?')
    .all(name)
    .filter((row) => !own.has(String(row['project'])))
    .map((row) => {
      const { steps = [] } = JSON.parse(String(row['record'])) as Partial<RunRecord>;
      const digests = digestsIn(JSON.stringify(steps.map(({ outputs }) => outputs)));
      return { why: `run ${String(row['id'])} of ${String(row['project'])}`, project: String(row['project']), digests };
    });
}

/** Releases that are or were live, of all projects. */
async function deployed({ state, objects }: Project): Promise<readonly ServedRelease[]> {
  const projects = state.prepare('SELECT DISTINCT project FROM deployment').all();
  const lines = projects.flatMap((row) => deploymentHistory(state, String(row['project'])));
  const found: ServedRelease[] = [];
  for (const { project, release, service, environment, settings } of lines) {
    const manifest = release === null ? null : await readRelease(objects, release).catch(orNull);
    if (release !== null && manifest !== null)
      found.push({ project, release, manifest, settings, why: `deployed: ${service} in ${environment}` });
  }
  return found;
}

interface ServedRelease {
  readonly why: string;
  readonly project: string;
  readonly release: Digest;
  readonly manifest: ReleaseManifest;
  readonly settings: Digest | null;
}

/** What of a release is served. */
async function deployedHolders(project: Project): Promise<readonly Holder[]> {
  return (await deployed(project)).map(({ manifest: { files, model, definitions, python }, settings, why, project: of }) => {
    const served = [files, model.artifact, definitions, python?.requirements ?? null, settings];
    return { why, project: of, digests: new Set(served.filter((one) => one !== null)) };
  });
}

function orNull(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}
