import { type Condition, knownIn } from '../condition/condition.ts';
import { parseCondition } from '../condition/parse-condition.ts';
import { type Check, hasName, hintFor, membersOf, type ProjectDraft } from './draft.ts';

/** Pools that steps take from are there and large enough. */
export const checkPools: Check = (draft, report) => {
  for (const [name, step] of membersOf(draft.steps))
    for (const [pool, wanted] of membersOf(step?.pools)) {
      const path = ['steps', name, 'pools', pool];
      const size = draft.pools?.[pool];
      if (!hasName(draft.pools, pool))
        report(path, {
          code: 'TG-CONFIG-UNKNOWN-REFERENCE',
          message: `Cannot take from the pool "${pool}": there is no such pool`,
          hint: hintFor(pool, Object.keys(draft.pools ?? {}), `Add "pools: { ${pool}: 1 }" at the top level`),
          at: 'name',
        });
      else if (wanted !== undefined && size !== undefined && wanted > size)
        report(path, {
          code: 'TG-CONFIG-CONFLICT',
          message: `Cannot take ${wanted} of the pool "${pool}": it has ${size}`,
          hint: `Write at most ${size}, or raise "pools.${pool}"`,
        });
    }
};

const sections = ['data', 'steps', 'tests', 'models'] as const;

/** Steps that conditions read are there. Other kinds of steps are known when the graph is built. */
export const checkConditions: Check = (draft, report) => {
  for (const [name, step] of membersOf(draft.steps)) {
    // a condition comes from its own parser, whole or not at all
    const condition = step?.if?.test === undefined || step.if.text === undefined ? null : parsedOf(step.if.text);
    for (const { step: read } of condition === null ? [] : knownIn(condition)) {
      const [section = '', member = ''] = read.split('.');
      const known = sections.find((candidate) => candidate === section);
      if (known === undefined || hasName(draft[known], member)) continue;
      report(['steps', name, 'if'], {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot read "${read}" for a condition: there is no such step`,
        hint: hintFor(read, namesIn(draft), 'Name a dataset, step, suite of tests or model of the file'),
      });
    }
  }
};

function parsedOf(text: string): Condition | null {
  const parsed = parseCondition(text);
  return parsed.ok ? parsed.value : null;
}

function namesIn(draft: ProjectDraft): readonly string[] {
  return sections.flatMap((section) => Object.keys(draft[section] ?? {}).map((name) => `${section}.${name}`));
}
