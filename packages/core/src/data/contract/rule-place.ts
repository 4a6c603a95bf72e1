import type { shape } from '@tidegate/formats';

/** Adds a mistake at a path of the document. */
export type Report = (path: shape.Path, message: string, hint: string | null) => void;

/** Where a rule stands and what it may name. */
export interface RulePlace {
  readonly path: shape.Path;
  readonly level: 'column' | 'object';
  /** Property name → column, of all properties. */
  readonly columns: ReadonlyMap<string, string>;
  readonly report: Report;
  /** Reports a metric that does not exist there. */
  readonly reportMetric: Report;
}
