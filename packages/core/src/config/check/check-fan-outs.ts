import type { shape } from '@tidegate/formats';
import { folderOf } from '../fan-out/collected.ts';
import { placeholdersIn } from '../fan-out/placeholders.ts';
import { ownOutputs } from '../file/fan-out.ts';
import { type Check, hasName, hintFor, membersOf, type ProjectDraft, type Report } from './draft.ts';

type StepDraft = NonNullable<NonNullable<ProjectDraft['steps']>[string]>;
type FanOutDraft = NonNullable<StepDraft['for']>;

/** What a step with `for:` runs over is one thing that is there, its outputs are places of their own, and what decides the best is an output. */
export const checkFanOuts: Check = (draft, report) => {
  for (const [name, step] of membersOf(draft.steps)) {
    const fanOut = step?.for;
    if (step === undefined || fanOut === undefined) continue;
    const path = ['steps', name, 'for'];
    if (membersOf(step.out).length === 0)
      report(path, {
        code: 'TG-CONFIG-INVALID',
        message: `Cannot run "steps.${name}" for items: it has no output to collect`,
        hint: 'Let every item write a file: out: { log: "logs/{item}.txt" }',
        at: 'name',
      });
    checkOver({ draft, fanOut, path }, report);
    checkOutputs({ step, fanOut, path: ['steps', name, 'out'] }, report);
    checkBest({ step, fanOut, path: [...path, 'best', 'metric'] }, report);
  }
};

const most = 100_000;

function checkOver({ draft, fanOut, path }: { draft: ProjectDraft; fanOut: FanOutDraft; path: shape.Path }, report: Report): void {
  const ways = (['each', 'grid', 'partitions'] as const).filter((way) => hasName(fanOut, way));
  const invalid = (message: string, hint: string, at: shape.Path = path): void => report(at, { code: 'TG-CONFIG-INVALID', message, hint });
  if (ways.length !== 1) {
    const found = ways.length === 0 ? 'none of them' : ways.map((way) => `"${way}"`).join(' and ');
    const hint =
      ways.length === 0 ? 'Add "each:" with a list' : 'Keep one; write every combination as a "grid", or a list of mappings under "each"';
    return invalid(`"${path.join('.')}" must have one of "each", "grid" and "partitions": found ${found}`, hint);
  }
  const dataset = fanOut.partitions?.replace('data.', '');
  if (dataset !== undefined && !hasName(draft.data, dataset))
    report([...path, 'partitions'], {
      code: 'TG-CONFIG-UNKNOWN-REFERENCE',
      message: `Cannot run over "data.${dataset}": there is no such dataset`,
      hint: hintFor(
        `data.${dataset}`,
        Object.keys(draft.data ?? {}).map((other) => `data.${other}`),
        'Add the dataset under "data:"',
      ),
    });
  const count = membersOf(fanOut.grid).reduce((product, [, values]) => product * (values?.length ?? 1), 1);
  if (count > most || (fanOut.each?.length ?? 0) > most) invalid(`Cannot run over ${count} items: ${most} at most`, 'Try fewer values');
  const kinds = new Set(
    (fanOut.each ?? []).map((item) => (typeof item === 'object' ? Object.keys(item).toSorted().join(', ') : 'a value')),
  );
  if (kinds.size > 1)
    invalid(
      'Cannot run over items of several forms: every mapping under "each" must have the same names',
      `Found: ${[...kinds].slice(0, 3).join('; ')}`,
      [...path, 'each'],
    );
}

/** Every name in braces of an output is one of the items', and two items never write to one place. */
function checkOutputs({ step, fanOut, path }: { step: StepDraft; fanOut: FanOutDraft; path: shape.Path }, report: Report): void {
  const names = namesOf(fanOut);
  for (const [output, template] of membersOf(step.out)) {
    const at = [...path, output];
    if (output === ownOutputs.items || output.startsWith(ownOutputs.best))
      report(at, {
        code: 'TG-CONFIG-CONFLICT',
        message: `Cannot name an output "${output}": a step with "for" has one of that name`,
        hint: 'Choose another name',
        at: 'name',
      });
    if (template === undefined) continue;
    const used = placeholdersIn(template);
    const unknown = used.find((name) => !names.includes(name));
    const own = names.filter((name) => name !== 'item' && name !== 'file');
    if (unknown !== undefined)
      report(at, {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot write to "${template}": the items have no "${unknown}"`,
        hint: hintFor(unknown, names, 'Write "{item}"'),
      });
    else if (!used.includes('item') && (own.length === 0 || !own.every((name) => used.includes(name))))
      report(at, {
        code: 'TG-CONFIG-INVALID',
        message: `Cannot write every item to "${template}": they would overwrite one another`,
        hint: 'Put "{item}" into the path: models/{item}.onnx',
      });
    else if (folderOf(template) === '')
      report(at, {
        code: 'TG-CONFIG-INVALID',
        message: `Cannot write items to "${template}": their outputs need a folder of their own`,
        hint: `Write "${output}/${template}"`,
      });
  }
}

function namesOf({ each, grid, partitions }: FanOutDraft): readonly string[] {
  const [first] = each ?? [];
  const own = partitions !== undefined ? ['partition', 'file'] : Object.keys(grid ?? (typeof first === 'object' ? first : {}));
  return ['item', ...own];
}

function checkBest({ step, fanOut, path }: { step: StepDraft; fanOut: FanOutDraft; path: shape.Path }, report: Report): void {
  const [output = ''] = fanOut.best?.metric?.split('#') ?? [];
  if (fanOut.best?.metric === undefined || hasName(step.out, output)) return;
  report(path, {
    code: 'TG-CONFIG-UNKNOWN-REFERENCE',
    message: `Cannot find the best item by "${output}": the step has no output of that name`,
    hint: hintFor(output, Object.keys(step.out ?? {}), 'Add an output that is JSON: out: { report: reports/{item}.json }'),
  });
}
