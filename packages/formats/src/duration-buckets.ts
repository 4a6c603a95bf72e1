/**
 * Upper bounds, in seconds, of every histogram of durations that the model server has. A latency limit of an SLO is one of them:
 * between two of them nobody can say how many requests were faster.
 */
export const durationBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
