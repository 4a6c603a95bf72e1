import { type Digest, digest, isStepName, type MissReason, type StepName } from '@tidegate/formats';
import { type ContentChange, contentChange, findKeyRecord, newestResults, type StoredResult } from '../../pipeline/index.ts';
import type { Project } from '../project.ts';
import { type Contents, openContents } from './contents.ts';
import { datasetChange } from './dataset-change.ts';

/** An input whose content changed, and what of it. */
export interface InputChange {
  readonly input: string;
  readonly change: ContentChange;
}

/** A step with what changed in its key. */
export interface ChangedStep {
  readonly step: StepName;
  readonly reasons: readonly MissReason[];
}

/** So many contents are looked into at most: one file often changes many steps, and counts once. */
const mostCompared = 40;
/** How many earlier results of a step are searched for the one that had the former content. */
const searchedResults = 20;

/** Looks into inputs that changed: packages, parameters, columns, lines. */
export interface InputChanges {
  /** In the order of the reasons; without what cannot be looked into, as when the former bytes are nowhere on this machine. */
  readonly of: (step: ChangedStep) => Promise<readonly InputChange[]>;
  readonly [Symbol.dispose]: () => void;
}

export function openInputChanges(project: Project): InputChanges {
  const contents = openContents(project);
  const known = new Map<string, Promise<ContentChange | null>>();
  const lookInto = (step: StepName, input: string, sides: Sides): Promise<ContentChange | null> => {
    const name = `${input}\n${sides.before}\n${sides.after}`;
    const found = known.get(name) ?? (known.size < mostCompared ? changeOf({ project, contents }, { step, input, sides }) : null);
    if (found === null) return Promise.resolve(null);
    known.set(name, found);
    return found;
  };
  return {
    of: async ({ step, reasons }) => {
      const changes: InputChange[] = [];
      for (const reason of reasons) {
        if (reason.kind !== 'input-changed' || reason.before === null || reason.after === null) continue;
        const change = await lookInto(step, reason.input, { before: digest(reason.before), after: digest(reason.after) });
        if (change !== null) changes.push({ input: reason.input, change });
      }
      return changes;
    },
    [Symbol.dispose]: () => contents[Symbol.dispose](),
  };
}

interface Sides {
  readonly before: Digest;
  readonly after: Digest;
}

interface ChangedInput {
  readonly step: StepName;
  readonly input: string;
  readonly sides: Sides;
}

type Parts = { readonly project: Project; readonly contents: Contents };

async function changeOf(parts: Parts, { step, input, sides }: ChangedInput): Promise<ContentChange | null> {
  const [maker, output] = [input.slice(0, input.lastIndexOf('/')), input.slice(input.lastIndexOf('/') + 1)];
  const made = isStepName(maker) ? await artifactChange(parts, { maker, output, sides }) : null;
  return made ?? fileChange(parts, { path: input, sides, result: await readerOf(parts, { step, input, sides }) });
}

/** What an earlier step made differently; null when no result of it is known to have made either. */
async function artifactChange(
  parts: Parts,
  { maker, output, sides }: { readonly maker: StepName; readonly output: string; readonly sides: Sides },
): Promise<ContentChange | null> {
  const { project } = parts;
  const results = newestResults(project.state, { project: project.name, step: maker }, searchedResults);
  const makerOf = (side: Digest): StoredResult | undefined => results.find(({ outputs }) => outputs[output]?.digest === side);
  const [was, is] = [makerOf(sides.before), makerOf(sides.after)];
  if (was === undefined || is === undefined) return null;
  const dataset = await datasetChange(project, was, is);
  if (dataset !== null) return dataset;
  const path = (await findKeyRecord(project, is.key))?.outputs[output] ?? `${maker}/${output}`;
  return is.outputs[output]?.kind === 'file' ? fileChange(parts, { path, sides, result: was }) : null;
}

async function fileChange(
  { contents }: Parts,
  { path, sides, result }: { readonly path: string; readonly sides: Sides; readonly result: StoredResult | undefined },
): Promise<ContentChange | null> {
  const before = await contents.of({ path, digest: sides.before, run: result?.run ?? null });
  const after = before === null ? null : await contents.of({ path, digest: sides.after, run: null });
  return before === null || after === null ? null : contentChange({ path, before, after });
}

/** The newest result of the step that was made from the former content. */
async function readerOf({ project }: Parts, { step, input, sides }: ChangedInput): Promise<StoredResult | undefined> {
  for (const result of newestResults(project.state, { project: project.name, step }, searchedResults)) {
    const record = await findKeyRecord(project, result.key);
    if (record?.inputs[input] === sides.before) return result;
  }
  return undefined;
}
