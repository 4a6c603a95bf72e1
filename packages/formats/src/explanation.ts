/** What moves the predictions of a model: measured by asking it about rows of its test set that were changed. It decides nothing. */
export interface Explanation {
  /** By which importance is measured. */
  readonly metric: string;
  /** Rows that the model was asked about. */
  readonly rows: number;
  /** How often the values of each input were shuffled. */
  readonly repeats: number;
  /** Two-sided, of all intervals. */
  readonly confidence: number;
  /** Predictions that it took. */
  readonly predictions: number;
  /** Inputs that were not looked at, for there are too many; 0 for most models. */
  readonly inputsLeftOut: number;
  /** The most important first. */
  readonly importances: readonly Importance[];
  /** Inputs that go together, so that shuffling one alone says too little of it: also shuffled as one. */
  readonly together: readonly InputsTogether[];
  /** Of the most important inputs. */
  readonly dependences: readonly Dependence[];
}

/** How much worse the metric becomes when an input says nothing any more: positive where it matters. */
export interface Importance {
  readonly input: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Standard deviation over the repeats. */
  readonly spread: number;
}

export interface InputsTogether {
  readonly inputs: readonly string[];
  /** How closely the two of them go together that do so most, from 0 to 1. */
  readonly association: number;
  /** Of all of them shuffled as one. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly spread: number;
}

/** What the model says on average when an input has a value, all others being as they are. */
export interface Dependence {
  readonly input: string;
  readonly kind: 'number' | 'category';
  /** Values of the input, ascending, or the most frequent ones first. */
  readonly values: readonly (number | string)[];
  /** One line of a number or of the probability of the positive class; of several classes or labels one for each, at most ten. */
  readonly lines: readonly DependenceLine[];
}

export interface DependenceLine {
  /** Null for a number. */
  readonly class: string | null;
  readonly mean: readonly number[];
  /** Interval of the mean. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Between them eight of ten rows lie. */
  readonly lowest: readonly number[];
  readonly highest: readonly number[];
}
