import type { EmitEvent } from '@tidegate/formats';
import type { StepNode } from '../../pipeline/index.ts';

/** Datasets whose pinned version stands for files that are not here. */
export function standIns(nodes: readonly StepNode[]): readonly string[] {
  return nodes.flatMap(({ name, kind, settings }) =>
    kind === 'dataset' && settings['source'] === 'store' ? [name.slice('data.'.length)] : [],
  );
}

/** Tells as well which of the steps of a run work with a pinned version because no file is here. */
export function tellingStandIns(nodes: readonly StepNode[], emit: EmitEvent): EmitEvent {
  const datasets = standIns(nodes);
  return (event) => {
    emit(event);
    if (event.kind !== 'run-started') return;
    for (const dataset of datasets)
      if (event.steps.some((step) => step === `data.${dataset}`)) emit({ kind: 'pinned-instead-of-files', dataset });
  };
}
