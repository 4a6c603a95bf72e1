import { type Check, hasName, hintFor, membersOf } from './draft.ts';

/** Services name a model. */
export const checkServices: Check = (draft, report) => {
  for (const [name, service] of membersOf(draft.services)) {
    if (service?.model !== undefined && !hasName(draft.models, service.model))
      report(['services', name, 'model'], {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot offer the model "${service.model}": there is no such model`,
        hint: hintFor(service.model, Object.keys(draft.models ?? {}), 'Add it under "models:"'),
      });
    if (service?.features !== undefined && draft.features === undefined)
      report(['services', name, 'features'], {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot use the feature service "${service.features}": the project has no "features:"`,
        hint: 'Add "features: { definitions: features/ }"',
      });
  }
};

/** Every `after` names an environment, and following them ends. */
export const checkEnvironments: Check = (draft, report) => {
  const names = Object.keys(draft.environments ?? {});
  for (const [name, environment] of membersOf(draft.environments)) {
    const after = environment?.after;
    if (after === undefined || hasName(draft.environments, after)) continue;
    report(['environments', name, 'after'], {
      code: 'TG-CONFIG-UNKNOWN-REFERENCE',
      message: `Cannot deploy to "${name}" after "${after}": there is no such environment`,
      hint: hintFor(
        after,
        names.filter((candidate) => candidate !== name),
        'Delete "after"',
      ),
    });
  }
  for (const cycle of cyclesAmong(names, (name) => draft.environments?.[name]?.after)) {
    const [first = ''] = cycle;
    const message = `Cannot order the environments: "${[...cycle, first].join(' after ')}" leads back to itself`;
    report(['environments', first, 'after'], { code: 'TG-CONFIG-CYCLE', message, hint: 'Delete one "after"' });
  }
};

/** Every circle in which each name leads to the next; looks at each name once. */
function cyclesAmong(names: readonly string[], next: (name: string) => string | undefined): readonly (readonly string[])[] {
  const walkOf = new Map<string, string>();
  const cycles: string[][] = [];
  for (const start of names) {
    const walk: string[] = [];
    let name: string | undefined = start;
    for (; name !== undefined && !walkOf.has(name); name = next(name)) {
      walkOf.set(name, start);
      walk.push(name);
    }
    if (name !== undefined && walk.length > 0 && walkOf.get(name) === start) cycles.push(walk.slice(walk.indexOf(name)));
  }
  return cycles;
}

/** Every branch goes as far as the gate or an environment. */
export const checkBranches: Check = (draft, report) => {
  const goals = ['gate', ...(draft.environments === undefined ? ['production'] : Object.keys(draft.environments))];
  for (const [branch, goal] of membersOf(draft.branches))
    if (goal !== undefined && !goals.includes(goal))
      report(['branches', branch], {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot run the branch "${branch}" up to "${goal}": it is neither "gate" nor an environment`,
        hint: hintFor(goal, goals, ''),
      });
};
