import type { EmitEvent } from '@tidegate/formats';

/**
 * A listener must not throw (`EmitEvent`). One that does has a bug: it is told nothing more, and `broken` is aborted with the bug, so
 * that what is under way comes to an end first. Thrown at once, it would leave steps at work for a run that is over.
 */
export function safeEmit(emit: EmitEvent, broken: AbortController): EmitEvent {
  return (event) => {
    if (broken.signal.aborted) return;
    try {
      emit(event);
    } catch (error) {
      broken.abort(error);
    }
  };
}
