import { type Check, hasName, hintFor, membersOf } from './draft.ts';

/** What is stable is said of an output of the step, in one way. */
export const checkStable: Check = (draft, report) => {
  for (const [name, step] of membersOf(draft.steps))
    for (const [output, rule] of membersOf(step?.stable)) {
      const path = ['steps', name, 'stable', output];
      if (!hasName(step?.out, output))
        report(path, {
          code: 'TG-CONFIG-UNKNOWN-REFERENCE',
          message: `Cannot find the output "${output}": "steps.${name}" declares no such output`,
          hint: hintFor(output, Object.keys(step?.out ?? {}), 'Add it under "out:"'),
          at: 'name',
        });
      const [first, second] = (['file', 'round', 'significant'] as const).filter((way) => rule?.[way] !== undefined);
      if (first !== undefined && (second !== undefined || (first === 'file' && rule?.ignore !== undefined)))
        report(path, {
          code: 'TG-CONFIG-CONFLICT',
          message: `Cannot use "${first}" with "${second ?? 'ignore'}": one of them says what is stable`,
          hint: `Delete one of the two`,
        });
      const paths = Object.entries(step?.out ?? {}).flatMap(([other, place]) => (other === output ? [] : [String(place)]));
      if (rule?.file !== undefined && !paths.includes(rule.file))
        report([...path, 'file'], {
          code: 'TG-CONFIG-UNKNOWN-REFERENCE',
          message: `Cannot use the file "${rule.file}": it is no other output of "steps.${name}"`,
          hint: hintFor(rule.file, paths, 'Add it under "out:", so that it is kept with the result'),
        });
    }
};
