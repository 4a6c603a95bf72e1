import { type ErrorCode, errorEntry, TidegateError } from '@tidegate/formats';
import { MistakenRequest } from './mistakes.ts';

/** An answer to a request, complete. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  /** Further headers, names and values by turns. */
  readonly headers?: readonly string[];
}

const json = 'application/json';

export function jsonReply(body: string, status = 200): Reply {
  return { status, type: json, body };
}

/**
 * The answer that tells a failure: `{"error", "code", "hint"}` with the status of the catalogue. `error` is a text, as the Open
 * Inference Protocol has it. A body with mistakes gets `"count"` and `"mistakes": [{"at", "error", "code", "hint"}]` too. Of a bug the client learns that there is one; the rest goes to `log`.
 */
export function failureReply(error: unknown, log: (text: string) => void): Reply {
  if (!(error instanceof TidegateError)) {
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return failureBody({ code: 'TG-SERVING-BUG', message: 'Cannot answer: something went wrong inside the service', hint: null }, 500);
  }
  if (error instanceof MistakenRequest) return mistakenReply(error);
  const [first] = error.diagnostics;
  const status = errorEntry(first.code).http ?? 500;
  if (status >= 500 && !isUsual(first.code)) log(`${first.code}: ${first.message}`);
  return failureBody(first, status);
}

/** The first mistake stands where other failures stand, for callers that read no list. */
function mistakenReply({ mistakes, count }: MistakenRequest): Reply {
  const [{ code, message, hint }] = mistakes;
  const error =
    count === 1
      ? message
      : `${message} (the first of ${count} mistakes${count > mistakes.length ? `, of which ${mistakes.length} are listed` : ''})`;
  const list = mistakes.map((one) => ({ at: one.at, error: one.message, code: one.code, hint: one.hint }));
  return jsonReply(JSON.stringify({ error, code, hint, count, mistakes: list }), errorEntry(code).http ?? 500);
}

/** Told to every caller of a busy service: no news for its log. */
function isUsual(code: ErrorCode): boolean {
  return code === 'TG-SERVING-OVERLOADED' || code === 'TG-SERVING-NOT-READY';
}

interface Words {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

function failureBody({ code, message, hint }: Words, status: number): Reply {
  const body = JSON.stringify({ error: message, code, ...(hint !== null && { hint }) });
  return status === 503 ? { status, type: json, body, headers: ['retry-after', '1'] } : { status, type: json, body };
}
