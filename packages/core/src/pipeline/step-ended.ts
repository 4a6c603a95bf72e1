import { type Diagnostic, type StepEnd, TidegateError } from '@tidegate/formats';

/** A failure that lies in how the program of a step ended: what {@link RetryPolicy} is about. A kind throws it; any other failure is final. */
export class StepEnded extends TidegateError {
  readonly end: StepEnd;

  constructor(diagnostic: Omit<Diagnostic, 'place'>, end: StepEnd) {
    super([{ ...diagnostic, place: null }]);
    this.end = end;
  }
}
