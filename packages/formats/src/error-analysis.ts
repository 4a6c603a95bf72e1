/** Where a model is wrong, with rows as examples. Bounded in size; values of columns that are personal are not in it. */
export interface ErrorAnalysis {
  /** How bad a prediction is: the squared error of a probability, 1 for a wrong class, the absolute error of a number. */
  readonly loss: 'squared-error' | 'wrong-class' | 'absolute-error';
  /** Rows with a label and a prediction. */
  readonly rows: number;
  /** What counts as an error of a number: more than this; null for classes, where an error is a wrong class. */
  readonly threshold: number | null;
  readonly errors: number;
  /** Of one of several classes, at most twenty: rows by their label (first) and by what the model says. Null otherwise. */
  readonly confusion: { readonly classes: readonly string[]; readonly counts: readonly (readonly number[])[] } | null;
  /** Inputs whose values are shown, the more important ones first. */
  readonly inputs: readonly string[];
  /** Rows of the largest loss, the worst first. */
  readonly worst: readonly ErrorRow[];
  /** What errors have in common more often than other rows, the largest surplus first. */
  readonly gathered: readonly Gathering[];
  /** Errors beside those of the champion on the rows compared; null without one. */
  readonly against: {
    readonly rows: number;
    readonly both: number;
    /** Errors of the candidate only. */
    readonly new: number;
    /** Errors of the champion only. */
    readonly fixed: number;
    /** Those where the candidate lost most, and won most. */
    readonly newRows: readonly ErrorRow[];
    readonly fixedRows: readonly ErrorRow[];
  } | null;
  /** Inputs whose values are not shown: they are personal. */
  readonly hidden: readonly string[];
  /** Inputs that are left out of the examples because there are too many. */
  readonly leftOut: number;
}

export interface ErrorRow {
  /** Place in the test set, from 0. */
  readonly row: number;
  /** What identifies it; null where rows have no id, or where that is personal. */
  readonly id: string | null;
  readonly label: string;
  readonly prediction: string;
  /** Probability that the model gave to its prediction; null where it gives none. */
  readonly probability: number | null;
  /** What the champion says of the row; null without one. */
  readonly champion: string | null;
  readonly loss: number;
  readonly championLoss: number | null;
  /** Values of inputs, shortened; `hidden` for those of personal ones. */
  readonly inputs: { readonly [input: string]: string | number | boolean | null };
}

/** Rows that have something in common. */
export interface Gathering {
  /** `origin = JFK`, `wind > 0.74`. */
  readonly slice: string;
  readonly rows: number;
  readonly errors: number;
  /** How many times as often they are errors as all rows are. */
  readonly lift: number;
}
