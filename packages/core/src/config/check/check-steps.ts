import type { shape } from '@tidegate/formats';
import { join } from 'node:path';
import { existsSync } from '../../platform/index.ts';
import { outputsOfStep } from '../fan-out/collected.ts';
import { canOverlap, isPattern } from '../overlap.ts';
import { type Reference, referenceOf } from '../reference.ts';
import { type Check, hasName, hintFor, membersOf, type Mistake, type ProjectDraft, type Report } from './draft.ts';
import { holderOf, outputPlaces } from './output-places.ts';

/** What steps and tests read is there. */
export const checkInputs: Check = (draft, report, root) => {
  const outputs = outputPlaces(draft).places;
  for (const section of ['steps', 'tests'] as const)
    for (const [name, member] of membersOf(draft[section]))
      for (const [index, entry] of (member?.in ?? []).entries())
        if (entry !== undefined) checkEntry({ draft, outputs, report, root, path: [section, name, 'in', index] }, entry);
};

/** Tables that suites test, and that they are compared with, are there; and a step can be run again only where it is one command with that input. */
export const checkTables: Check = (draft, report, root) => {
  const outputs = outputPlaces(draft).places;
  for (const [name, suite] of membersOf(draft.tests)) {
    const { table, golden, properties } = suite ?? {};
    if (golden !== undefined) checkGolden({ draft, outputs, report, root, path: ['tests', name, 'golden'] }, golden);
    const sameAs = properties?.rows?.same_as;
    if (table !== undefined) checkTable({ draft, outputs, report, root, path: ['tests', name, 'table'] }, table);
    if (sameAs !== undefined) checkTable({ draft, outputs, report, root, path: ['tests', name, 'properties', 'rows', 'same_as'] }, sameAs);
    if (table === undefined || properties?.idempotent === undefined) continue;
    const reference = referenceOf(table);
    const step = reference.kind === 'output' ? draft.steps?.[reference.step] : undefined;
    if (step !== undefined && step.for === undefined) continue;
    report(['tests', name, 'properties', 'idempotent'], {
      code: 'TG-CONFIG-CONFLICT',
      message: `Cannot run again what makes "${table}": ${reference.kind === 'output' ? 'it is a fan-out' : 'no step does'}`,
      hint: 'Delete "idempotent", or name an output of a single step',
    });
  }
};

function checkTable(place: Place, entry: string): void {
  const reference = referenceOf(entry);
  if (reference.kind === 'dataset' || reference.kind === 'output') {
    const unknown = checkReference(place, reference);
    if (unknown !== null)
      place.report(place.path, {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot read "${entry}": ${unknown.found}`,
        hint: unknown.hint,
      });
    return;
  }
  place.report(place.path, {
    code: 'TG-CONFIG-UNKNOWN-REFERENCE',
    message: `Cannot test "${entry}": it is neither a dataset nor an output of a step`,
    hint: 'Write "data.NAME" or "steps.NAME/OUTPUT"',
  });
}

/** Only what a single step makes can be made again of a small input. */
function checkGolden(place: Place, entry: string): void {
  const reference = referenceOf(entry);
  const unknown = reference.kind === 'output' ? checkReference(place, reference) : null;
  const isFanOut = reference.kind === 'output' && place.draft.steps?.[reference.step]?.for !== undefined;
  if (unknown !== null)
    place.report(place.path, {
      code: 'TG-CONFIG-UNKNOWN-REFERENCE',
      message: `Cannot test "${entry}": ${unknown.found}`,
      hint: unknown.hint,
    });
  else if (reference.kind !== 'output' || isFanOut)
    place.report(place.path, {
      code: 'TG-CONFIG-UNKNOWN-REFERENCE',
      message: `Cannot test "${entry}": it is ${isFanOut ? 'of a fan-out' : 'no output of a step'}`,
      hint: 'Write "steps.NAME/OUTPUT" of a single step',
    });
}

interface Place {
  readonly draft: ProjectDraft;
  /** Path of an output and the name it has in `in:`. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly report: Report;
  readonly root: string;
  readonly path: shape.Path;
}

function checkEntry(place: Place, entry: string): void {
  const reference = referenceOf(entry);
  const unknown = reference.kind === 'files' ? checkFiles(place, reference.pattern) : checkName(place, reference);
  if (unknown === null) return;
  const isFile = reference.kind !== 'files' && existsSync(join(place.root, entry));
  const hint = isFile ? `Write "./${entry}" for the file` : unknown.hint;
  place.report(place.path, { code: 'TG-CONFIG-UNKNOWN-REFERENCE', message: `Cannot read "${entry}": ${unknown.found}`, hint });
}

interface Unknown {
  readonly found: string;
  readonly hint: Mistake['hint'];
}

function checkName({ draft, path }: Place, reference: Exclude<Reference, { kind: 'files' }>): Unknown | null {
  if (path[0] === 'tests' && reference.kind !== 'dataset' && reference.kind !== 'quarantine')
    return { found: 'tests read files and datasets only', hint: 'Name files of the project' };
  return checkReference({ draft }, reference);
}

function checkReference({ draft }: Pick<Place, 'draft'>, reference: Exclude<Reference, { kind: 'files' }>): Unknown | null {
  switch (reference.kind) {
    case 'quarantine':
      return unknownQuarantine(draft, reference.dataset);
    case 'dataset':
      return hasName(draft.data, reference.dataset)
        ? null
        : {
            found: `there is no dataset "${reference.dataset}"`,
            hint: nearestReference('data.', reference.dataset, Object.keys(draft.data ?? {})),
          };
    case 'feature-set':
      if (draft.features === undefined)
        return { found: 'the project has no "features:"', hint: 'Add "features: { definitions: features/ }"' };
      return reference.part === 'train'
        ? null
        : {
            found: 'steps see the training set of a feature service only, so that the test set stays unseen',
            hint: `Write "features.${reference.service}/train"`,
          };
    case 'output':
      return unknownOutput(draft, reference.step, reference.output, '/');
  }
}

function unknownQuarantine({ data }: ProjectDraft, dataset: string): Unknown | null {
  if (!hasName(data, dataset))
    return { found: `there is no dataset "${dataset}"`, hint: nearestReference('data.', dataset, Object.keys(data ?? {})) };
  if ((data?.[dataset]?.quarantine ?? false) !== false) return null;
  return { found: `no rows of "data.${dataset}" are put aside`, hint: `Add "quarantine: { leave_out: true }" to "${dataset}"` };
}

/** @returns why a step's output cannot be named so; null when it is there. `sign` stands between step and output where it is written. */
export function unknownOutput(draft: ProjectDraft, stepName: string, output: string, sign: '/' | '.'): Unknown | null {
  if (!hasName(draft.steps, stepName))
    return { found: `there is no step "${stepName}"`, hint: nearestReference('steps.', stepName, Object.keys(draft.steps ?? {})) };
  const step = draft.steps?.[stepName];
  const outputs = step === undefined ? undefined : outputsOfStep(stepName, step);
  if (step === undefined || hasName(outputs, output)) return null;
  const names = Object.keys(outputs ?? {});
  const found = output === '' ? 'it names a step, not one of its outputs' : `"steps.${stepName}" has no output "${output}"`;
  const [only] = names;
  const hint = names.length === 1 ? `Write "steps.${stepName}${sign}${only}"` : hintFor(output, names, `Add "out:" to "steps.${stepName}"`);
  return { found, hint };
}

function nearestReference(qualifier: string, name: string, names: readonly string[]): () => string {
  return hintFor(
    `${qualifier}${name}`,
    names.map((candidate) => `${qualifier}${candidate}`),
    'Nothing of that kind is in the file',
  );
}

function checkFiles({ draft, outputs, root }: Place, pattern: string): Unknown | null {
  const dataset = datasetWith(draft, pattern);
  if (dataset !== null) return { found: `files of "data.${dataset}" are there`, hint: `Write "data.${dataset}"` };
  const output = holderOf(pattern, outputs);
  if (output !== null) return { found: `a step writes it`, hint: `Write "${output}"` };
  // the folder before the first part with a pattern sign; what a pattern matches is seen when the step is planned
  const parts = pattern.split('/');
  const fixed = parts.slice(0, parts.findIndex((part) => isPattern(part)) >>> 0);
  if (existsSync(join(root, ...fixed))) return null;
  return { found: 'there is no such file or folder', hint: `Make it, or correct the path: paths are relative to "tidegate.yaml"` };
}

/** A dataset whose files a path or pattern can mean: read as plain files, rows kept for evaluation would be seen. */
function datasetWith(draft: ProjectDraft, pattern: string): string | null {
  for (const [name, dataset] of membersOf(draft.data).slice(0, mostDatasets))
    if ((dataset?.from?.files ?? []).some((files) => files !== undefined && canOverlap(pattern, files))) return name;
  return null;
}

/** Beyond any project; keeps a file made to hurt from costing minutes. */
const mostDatasets = 1_000;

/** No two outputs are written to one place, and none where Tidegate or Git keep theirs. */
export const checkOutputs: Check = (draft, report) => {
  for (const { path, place, holder } of outputPlaces(draft).conflicts)
    report(path, {
      code: 'TG-CONFIG-CONFLICT',
      message: `Cannot write to "${place}": it belongs to ${holder}`,
      hint: 'Choose another path',
    });
  for (const [name, step] of membersOf(draft.steps))
    for (const [output, path] of membersOf(step?.out))
      if (path !== undefined && isPattern(step?.for === undefined ? path : path.replaceAll(/\{\w+\}/g, '')))
        report(['steps', name, 'out', output], {
          code: 'TG-CONFIG-INVALID',
          message: `Cannot write to "${path}": an output is one file or folder, not a pattern`,
          hint: 'Name the folder, to keep all files in it',
        });
};
