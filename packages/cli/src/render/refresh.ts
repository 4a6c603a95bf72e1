import type { RefreshedDataset, RefreshedFeatures, RefreshedFeatureView } from '@tidegate/core';
import { whole } from './figures.ts';
import { counted } from './words.ts';

/** What arrived and what was written to the online store; nothing of what stayed as it was. */
export function refreshLines({ datasets, views, skipped }: RefreshedFeatures): readonly string[] {
  return [
    ...datasets.flatMap(datasetLines),
    ...views.flatMap(viewLines),
    ...skipped.map(({ view, reason }) => `${view}: not computed: ${reason}.`),
  ];
}

function datasetLines({ dataset, files, arrived, gone, late, leftOut, skipped }: RefreshedDataset): readonly string[] {
  const rows = [
    `${counted(arrived, 'row')} arrived`,
    ...(gone > 0 ? [`${whole(gone)} went`] : []),
    ...(late > 0 ? [`${whole(late)} of them late`] : []),
  ];
  return [
    ...(files.length === 0 ? [] : [`data.${dataset}: ${rows.join(', ')}, in ${counted(files.length, 'file')}.`]),
    ...leftOut.map(({ check, promise, rows: count }) => `  left out ${counted(count, 'row')} (${check}): ${promise}`),
    ...skipped.map(({ path, reason }) => `  skipped ${path}: ${reason}`),
  ];
}

function viewLines({ view, computed, reason, keys, gone, lateRows, differing }: RefreshedFeatureView): readonly string[] {
  if (computed === 'nothing' && keys + gone === 0) return [];
  const parts = [
    `values of ${counted(keys, 'entity', 'entities')} written`,
    ...(gone > 0 ? [`${whole(gone)} taken out`] : []),
    ...(lateRows > 0 ? [counted(lateRows, 'late row')] : []),
    ...(computed === 'everything' && reason !== null ? [`computed from everything: ${reason}`] : []),
  ];
  const compared = differing === null ? [] : [`  the online store had held something else of ${counted(differing, 'entity', 'entities')}`];
  return [`${view}: ${parts.join('; ')}.`, ...compared];
}
