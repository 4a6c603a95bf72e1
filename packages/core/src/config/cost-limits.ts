/** A limit on a cost: an amount in its unit, so many times what the champion has, or both; at least one of them. */
export interface CostLimit {
  readonly most: number | null;
  readonly times: number | null;
}

/** Limits on what is measured of the started release, at least one. */
export interface ServingLimits {
  /** Milliseconds from the start of the process to its readiness, at the median of the starts. */
  readonly coldStart?: CostLimit;
  /** Bytes of memory at most under load, at the median of the starts. */
  readonly memory?: CostLimit;
  /** Milliseconds that the median request takes. */
  readonly p50?: CostLimit;
  /** Milliseconds at the 99th percentile. */
  readonly p99?: CostLimit;
  /** Rows of a request; null = as the API test has them. */
  readonly batch: number | null;
  /** Requests to measure by; null = about 1,000, fewer when they take long. */
  readonly requests: number | null;
  /** Starts to measure by; null = as many as a bound at the confidence needs. */
  readonly starts: number | null;
}
