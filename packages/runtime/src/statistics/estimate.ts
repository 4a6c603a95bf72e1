import { normalCdf, normalQuantile } from './normal.ts';
import { studentCdf, studentQuantile } from './student-t.ts';

/** A measured number with its uncertainty. Each bound is one-sided at the confidence asked for; null when none can be given. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** How the bounds were found: see docs/reference/metrics.md. */
  readonly method: string;
}

/** A paired difference between candidate and champion, positive when the candidate is better. */
export interface Difference {
  readonly value: number;
  /** One-sided bounds at the confidence asked for. */
  readonly low: number;
  readonly high: number;
  /** Small when it is proven that the candidate is not worse by the margin or more. */
  readonly pInferior: number;
  /** Small when it is proven that the candidate is worse at all. */
  readonly pWorse: number;
  /** 0 when the rows show no variation by which a difference could be judged. */
  readonly standardError: number;
  readonly method: string;
}

export interface DifferenceOptions {
  /** One-sided confidence of each bound, e.g. 0.95. */
  readonly confidence: number;
  /** How much worse still counts as equal, positive, in the metric's unit. */
  readonly margin: number;
}

/** What a symmetric interval is read from. */
export interface Spread {
  readonly method: string;
  readonly cdf: (x: number) => number;
  readonly quantile: (probability: number) => number;
}

export function normalSpread(method: string): Spread {
  return { method, cdf: normalCdf, quantile: normalQuantile };
}

export function studentSpread(method: string, degrees: number): Spread {
  return { method, cdf: (x) => studentCdf(x, degrees), quantile: (probability) => studentQuantile(probability, degrees) };
}

/** The value plus and minus so many standard errors. */
export function symmetricEstimate(value: number, standardError: number, confidence: number, spread: Spread): Estimate {
  const reach = spread.quantile(confidence) * standardError;
  return { value, low: value - reach, high: value + reach, method: spread.method };
}

/** As {@link symmetricEstimate}, with the p values of both questions. */
export function symmetricDifference(value: number, standardError: number, options: DifferenceOptions, spread: Spread): Difference {
  const reach = spread.quantile(options.confidence) * standardError;
  // the mass of the spread beyond a point that lies `distance` away; without spread all or nothing
  const beyond = (distance: number): number => (standardError === 0 ? Number(distance <= 0) : spread.cdf(-distance / standardError));
  return {
    value,
    low: value - reach,
    high: value + reach,
    pInferior: beyond(value + options.margin),
    pWorse: beyond(-value),
    standardError,
    method: spread.method,
  };
}
