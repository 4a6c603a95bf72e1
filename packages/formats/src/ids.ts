/** The id of a run: time-ordered, e.g. `r-20261123-202553-3f9a`. */
export type RunId = string & { readonly __brand: 'RunId' };
/** The qualified name of a step, e.g. `data.flights`, `features.delay`, `steps.train`; of an item of a fan-out `steps.train@JFK`. */
export type StepName = string & { readonly __brand: 'StepName' };

const runForm = /^r-\d{8}-\d{6}-[0-9a-f]{4}$/;
const stepForm = /^[a-z]+\.[A-Za-z0-9][A-Za-z0-9_-]{0,62}(?:@[A-Za-z0-9][A-Za-z0-9._=,+-]{0,99})?$/;
/** The grammar of every name a user chooses: a letter or digit, then letters, digits, `_` and `-`, 63 at most. */
export const nameForm = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** @throws TypeError when the text is not a run id. */
export function runId(text: string): RunId {
  if (!isRunId(text)) throw new TypeError(`Cannot read a run id: "${text}" does not look like "r-20261123-202553-3f9a"`);
  return text;
}

export function isRunId(text: string): text is RunId {
  return runForm.test(text);
}

/** @throws TypeError when the text is not a step name. */
export function stepName(text: string): StepName {
  if (!isStepName(text)) throw new TypeError(`Cannot read a step name: "${text}" does not look like "steps.train"`);
  return text;
}

export function isStepName(text: string): text is StepName {
  return stepForm.test(text);
}

/** The fan-out that a step is an item of, by its name: `steps.train` of `steps.train@JFK`; null for every other step. */
export function fanOutOf(step: StepName): StepName | null {
  const end = step.indexOf('@');
  return end < 0 ? null : stepName(step.slice(0, end));
}
