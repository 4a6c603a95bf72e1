import type { shape } from '@tidegate/formats';

/** Something of a data contract that can be read, and that cannot be meant. */
export interface LintMistake {
  readonly path: shape.Path;
  readonly message: string;
  readonly hint: string;
}
