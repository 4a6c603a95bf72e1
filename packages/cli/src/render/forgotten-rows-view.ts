import type { AddedThatGoes, ForgottenRowsReport, ListedTombstone, TakenOver } from '@tidegate/core';
import { type ModelThatSaw, shortDigest } from '@tidegate/formats';
import { moment } from './figures.ts';
import { rowsForgottenWords } from './rows-forgotten.ts';
import { shownName } from './shown-name.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { counted } from './words.ts';

/** What became of rows that were to be forgotten: versions, what has them still, which models saw them, and what is to be done next. */
export function forgottenRowsLines(report: ForgottenRowsReport, terminal: Pick<Terminal, 'style'>): readonly string[] {
  const { dataset, keys, outcome, dryRun, held, models, tombstone, finished } = report;
  const name = `data.${dataset}`;
  const mark = terminal.style('yellow', '!');
  const heldLines = held.map(({ digest, why }) => `  ${mark} ${shortDigest(digest)} stays with what it has of them: ${why}`);
  if (outcome === 'not-found')
    return [`${name}: no version has a row under ${keys.given === 1 ? 'that key' : `one of those ${keys.given} keys`}.`, ...heldLines];
  const already =
    outcome === 'already' ? [`${name}: those rows were forgotten ${tombstone === null ? 'before' : moment(tombstone.at)}.`] : [];
  return [
    ...already,
    ...versionLines(report),
    ...(outcome === 'forgotten' && keys.notFound > 0 ? [`  ${mark} ${counted(keys.notFound, 'key')} of ${keys.given} in no version`] : []),
    ...heldLines,
    ...modelLines(models),
    ...stepLines(report),
    ...givenUpLines(dataset, report.givenUp, { dryRun }),
    ...(finished === null ? [] : finishedLines(report, finished)),
    ...(tombstone === null || outcome === 'already'
      ? []
      : [`The tombstone ${tombstone.id} is signed; "tidegate data tombstones" shows it.`]),
    ...(dryRun ? ['Nothing was done.'] : []),
  ];
}

function versionLines({ dataset, dryRun, versions, outcome }: ForgottenRowsReport): readonly string[] {
  if (outcome !== 'forgotten') return [];
  const rows = versions.map(({ before, after, rows: count }) => [
    shortDigest(before),
    ...(dryRun ? [] : ['→', shortDigest(after)]),
    count === 0 ? 'hidden in its files' : counted(count, 'row'),
  ]);
  const head = `data.${dataset}: ${dryRun ? 'would forget' : 'forgot'} rows of ${counted(versions.length, 'version')}${versions.length === 0 ? '.' : ':'}`;
  return [head, ...table(rows, { indent: '  ' })];
}

function modelLines(models: readonly ModelThatSaw[]): readonly string[] {
  if (models.length === 0) return ['No model that is known here was trained or judged on them.'];
  const rows = models.map(({ model, version, as, live }) => [
    `models.${model}`,
    shortDigest(version),
    as === 'trained' ? 'trained on a version with them' : 'judged on a version with them',
    live.length === 0 ? '' : `live in ${live.join(', ')}`,
  ]);
  return ['Models that saw them:', ...table(rows, { indent: '  ' })];
}

function stepLines({ steps, outputs, dryRun }: ForgottenRowsReport): readonly string[] {
  const will = dryRun ? 'would run' : 'run';
  return [
    ...(steps.length === 0 ? [] : [`Steps that ${will} again, for their results came from them: ${steps.join(', ')}`]),
    ...(outputs.length === 0 ? [] : [`What they made may lie in your tree still: ${outputs.map(shownName).join(', ')}`]),
  ];
}

/** What was added and is in no version yet, and goes with the rows. */
export function givenUpLines(
  dataset: string,
  givenUp: readonly AddedThatGoes[],
  { dryRun }: { readonly dryRun: boolean },
): readonly string[] {
  const will = dryRun ? 'would be' : 'was';
  return givenUp.map(({ files, onto }) =>
    onto === null
      ? `What was added of data.${dataset} (${counted(files, 'file')}) and is no version yet ${will} given up: add it anew, without the rows: tidegate data add ${dataset}`
      : `What was added onto version ${shortDigest(onto)} of data.${dataset} and is no version yet ${will} given up, for it may have such rows: add it anew: tidegate data add ${dataset} --onto pinned FILE…`,
  );
}

/** Says what another machine has forgotten and this one has now as well. */
export function forgottenTeller(terminal: Pick<Terminal, 'line'>): (one: TakenOver) => void {
  return (one) => {
    terminal.line(rowsForgottenWords(one));
    for (const line of givenUpLines(one.dataset, one.givenUp, { dryRun: false })) terminal.line(line);
  };
}

function finishedLines(
  { dataset }: ForgottenRowsReport,
  { erased, pin, placed, remote }: NonNullable<ForgottenRowsReport['finished']>,
): readonly string[] {
  return [
    `${counted(erased, 'object')} erased from this machine.`,
    ...(remote === null
      ? []
      : [`${counted(remote.objects, 'object')} erased from the remote, ${counted(remote.packs, 'pack')} written anew or removed.`]),
    ...(pin === null ? [] : [`tidegate.lock pins data.${dataset} ${shortDigest(pin.after)} now: commit it.`]),
    ...(placed.length === 0 ? [] : [`Placed anew in your tree: ${placed.map(shownName).join(', ')}`]),
    'Whatever is read from the source from now on is read without them.',
  ];
}

/** Tombstones, a line each, with what became of their signatures. */
export function tombstoneLines(tombstones: readonly ListedTombstone[]): readonly string[] {
  return table(
    tombstones.map(({ id, dataset, at, keys, versions, by, reason, isSigned, isOwn, isDone }) => [
      id,
      `data.${dataset}`,
      moment(at),
      counted(keys.length, 'key'),
      counted(versions.length, 'version'),
      isSigned ? (isOwn ? 'signed here' : 'signed by another home') : 'NOT signed',
      isDone ? '' : 'not finished: call it again',
      by === null ? '' : `by ${shownName(by.name)}`,
      reason === null ? '' : `for: ${shownName(reason)}`,
    ]),
  );
}
