import type { Project } from '@tidegate/core';
import { failure, nearest } from '@tidegate/formats';
import { datasetName } from './dataset-name.ts';

/** The datasets that are named, or all of the project when none is. @throws TG-CLI-NOT-FOUND for one that it does not have, and when it has none */
export function datasetNames({ config }: Project, words: readonly string[]): readonly string[] {
  const own = Object.keys(config.data);
  const named = words.map((word) => datasetName([word]));
  const unknown = named.find((name) => !own.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, own);
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot find "data.${unknown}": the project has no dataset of that name`,
      near === null ? `Datasets: ${own.join(', ')}` : `Did you mean "${near}"?`,
    );
  }
  if (own.length > 0) return named.length > 0 ? named : own;
  throw failure(
    'TG-CLI-NOT-FOUND',
    'Cannot find a dataset: the project has none',
    'Declare one in tidegate.yaml: data: { houses: { from: { files: houses.csv } } }',
  );
}
