import type { TriedService } from '@tidegate/core';
import type { Evaluation, Evidence } from '@tidegate/formats';

/** What a page shows of a model: its evaluation, what was found about it and its services, and what serving it cost. */
export interface ModelToShow {
  readonly evaluation: Evaluation;
  readonly evidence: readonly Evidence[];
  readonly costs: readonly TriedService[];
}
