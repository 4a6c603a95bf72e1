import type { shape } from '@tidegate/formats';
import { commandPaths } from '../command-paths.ts';
import { outputsOfStep } from '../fan-out/collected.ts';
import { outputsAt } from '../outputs-at.ts';
import { referenceOf } from '../reference.ts';
import { type Check, hasName, membersOf, type ProjectDraft } from './draft.ts';

/** No step needs itself, however long the way: a mistake for each input that closes a circle. Without those inputs there is none. */
export const checkStepCycles: Check = (draft, report) => {
  const needs = needsAmong(draft);
  const done = new Set<string>();
  for (const start of needs.keys())
    for (const { circle, closing } of circlesFrom(start, needs, done))
      report(closing.path, {
        code: 'TG-PIPELINE-CYCLE',
        message: `Cannot order the steps, for they need each other: ${circle}`,
        hint: `Remove this input of "steps.${closing.by}", or another one along the path`,
      });
};

/** An input that makes one step wait for another. */
interface Need {
  readonly by: string;
  readonly step: string;
  /** Where the input is written. */
  readonly path: shape.Path;
}

type Needs = ReadonlyMap<string, readonly Need[]>;

function needsAmong(draft: ProjectDraft): Needs {
  const outputs = outputsAt(
    Object.fromEntries(membersOf(draft.steps).map(([name, step]) => [name, { out: outputsOfStep(name, step ?? {}) }])),
  );
  return new Map(
    membersOf(draft.steps).map(([by, member]) => {
      const declared = (member?.in ?? []).flatMap((entry, index): readonly Need[] => {
        const reference = referenceOf(entry ?? '');
        if (reference.kind !== 'output' || !hasName(draft.steps, reference.step)) return [];
        return [{ by, step: reference.step, path: ['steps', by, 'in', index] }];
      });
      return [by, [...declared, ...needsOfCommand(by, member?.run ?? [], outputs)]];
    }),
  );
}

/** A path in or around an output of the step itself is where it writes. */
function needsOfCommand(by: string, run: readonly (string | undefined)[], outputs: ReturnType<typeof outputsAt>): readonly Need[] {
  return commandPaths(run.map((word) => word ?? '')).flatMap(({ path, word }) => {
    const steps = new Set(outputs(path).map(({ step }) => step));
    return steps.has(by) ? [] : [...steps].map((step) => ({ by, step, path: ['steps', by, 'run', word] }));
  });
}

interface Circle {
  /** `steps.a → steps.b → steps.a`: each needs the next. */
  readonly circle: string;
  readonly closing: Need;
}

/** Goes depth first from one step; a need that leads back to the way it came by closes a circle. No recursion, so no limit of depth. */
function circlesFrom(start: string, needs: Needs, done: Set<string>): readonly Circle[] {
  const found: Circle[] = [];
  const way: string[] = [];
  const places = new Map<string, number>();
  const open: Iterator<Need, undefined>[] = [];
  const enter = (name: string): void => {
    if (done.has(name)) return;
    places.set(name, way.push(name) - 1);
    open.push((needs.get(name) ?? []).values());
  };
  enter(start);
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const need = last.next().value;
    const from = need === undefined ? undefined : places.get(need.step);
    if (need === undefined) leave();
    else if (from === undefined) enter(need.step);
    else found.push({ circle: shown(way, from), closing: need });
  }
  return found;

  function leave(): void {
    const name = way.pop() ?? start;
    open.pop();
    places.delete(name);
    done.add(name);
  }
}

/** The circle that begins at an index of the way; the middle of a long one is left out. */
function shown(way: readonly string[], from: number): string {
  const more = way.length - from - 22;
  const names = (from: number, to?: number): readonly string[] => way.slice(from, to).map((name) => `steps.${name}`);
  const path = more <= 1 ? names(from) : [...names(from, from + 12), `(${more} more)`, ...names(-10)];
  return [...path, `steps.${way[from]}`].join(' → ');
}
